"""What assertions and other signed tokens are judged alike: one function each, for a rule of either.

A function here looks at :class:`~jwttool.checks.signed.view.Signed`; the rules that
are made of it, with their own ids, sources and hints, stand where they belong.
"""
