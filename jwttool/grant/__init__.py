"""Asking for a token: the request is built and judged, its answer understood; nothing is sent from here."""
