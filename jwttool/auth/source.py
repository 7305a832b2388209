"""A token that is fetched when it is needed, kept while it is good, and fetched once however many ask."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jwttool.ambient import utc_now
from jwttool.checks.sending.settings import is_loopback
from jwttool.errors import RequestRefusedError, TokenRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jwttool.grant.answer import Granted
    from jwttool.secret import Secret


class TokenSource:
    """Hands out one token until shortly before it ends; safe to share among threads and tasks."""

    __slots__ = ("_clock", "_early", "_fetch", "_lock", "_token", "_until")

    def __init__(
        self,
        fetch: Callable[[], Granted],
        *,
        early: float = 30,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Fetch nothing yet.

        :param fetch: asks the token endpoint; called by one thread at a time.
        :param early: seconds before its end at which a token is given up; at most a
            quarter of its life.
        """
        self._fetch: Final = fetch
        self._early: Final = early
        self._clock: Final = clock
        self._lock: Final = threading.Lock()
        self._token: Secret | None = None
        self._until: datetime | None = None

    def cached(self) -> str | None:
        """The token that is at hand and still good, without waiting for anything."""
        token, until = self._token, self._until
        if token is None or (until is not None and self._clock() >= until):
            return None
        return _text(token)

    def token(self) -> str:
        """A token that is good: the one at hand, or a new one.

        :raises TokenRefusedError: the server gave none, and why.
        :raises JwtToolError: the request cannot succeed, or no server can be reached.
        """
        cached = self.cached()
        if cached is not None:
            return cached
        with self._lock:  # whoever waited here finds what the first one fetched
            return self.cached() or self._renewed()

    def renew(self, refused: str) -> str:
        """A token in the place of one that an API refused; another's renewal in between counts.

        :raises JwtToolError: as :meth:`token`.
        """
        with self._lock:
            cached = self.cached()
            return cached if cached is not None and cached != refused else self._renewed()

    def _renewed(self) -> str:
        begun = self._clock()
        granted = self._fetch()
        if granted.token is None or not granted.is_success:
            first = next(iter(granted.report.failures), None)
            raise TokenRefusedError(
                "the server gave no token" if first is None else first.message,
                hint=None if first is None else first.hint,
            )
        self._token = granted.token
        self._until = None  # without expires_in it is good until somebody refuses it
        if granted.expires_in is not None:
            early = min(self._early, granted.expires_in / 4)
            self._until = begun + timedelta(seconds=granted.expires_in - early)
        return _text(granted.token)

    def __repr__(self) -> str:
        return "TokenSource(token hidden)"


def _text(token: Secret) -> str:
    # A header holds ASCII alone (RFC 6750 section 2.1); what else a server made up is refused there.
    return token.reveal().decode("utf-8", "replace")


def header(token: str, url: str) -> str:
    """The value of Authorization for a request to ``url`` (RFC 6750 section 2.1).

    :raises RequestRefusedError: the token would go over plain http, for everybody to read, or it
        is none that a header can carry.
    """
    parts = urlsplit(url)
    if parts.scheme.lower() != "https" and not is_loopback((parts.hostname or "").lower()):
        raise RequestRefusedError(
            "the token is not sent over plain http, where whoever listens has it", hint="https://"
        )
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise TokenRefusedError("the server's token holds characters that no header can carry")
    return f"Bearer {token}"
