"""The names of the fingerprint forms, for a command line that must not import cryptography to list them."""

from __future__ import annotations

from typing import Final

FORM_NAMES: Final = (
    "sha1",
    "sha1-lower",
    "sha1-colon",
    "sha256",
    "x5t",
    "x5t-s256",
    "jkt",
    "spki-sha256",
    "keycloak",
    "ski",
)
"""The keys of :data:`jwttool.certificates.FORMS`, in its order; a test compares."""

DEFAULT_FORM: Final = "sha1"
"""Worldline's kid."""
