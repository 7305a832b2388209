"""A replay store in Redis: verifiers on many machines, one memory."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

import redis
from redis import exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

from jwttool.encoding import printable
from jwttool.errors import ReplayStoreError, raise_alone
from jwttool.replay import ReplayStore
from jwttool.secret import Secret

if TYPE_CHECKING:
    from jwttool.edge.stores.url import RedisAddress

PREFIX: Final = "jwttool:jti:"
CLOCK_MARGIN: Final = 60
"""Seconds for which a use is kept longer: another machine's clock may be behind by so much."""

WAIT: Final = 5.0
"""Seconds for a connection, and for an answer."""

_FAILURES: Final = (exceptions.RedisError, OSError, ValueError)  # ValueError: a host that is no name


class _Credentials(redis.CredentialProvider):
    """User and password, which the client library's own objects would show in their repr."""

    def __init__(self, address: RedisAddress) -> None:
        self._user: Final = address.user
        self._password: Final = address.password or Secret(b"")

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        """For AUTH, at each new connection."""
        password = self._password.reveal().decode()
        return (password,) if self._user is None else (self._user, password)


class RedisReplayStore(ReplayStore):
    """Remembers in a Redis database, which forgets by itself.

    One ``SET NX EX`` is the whole check. How long it is remembered is told in
    seconds from now, not as a time: were the server's clock ahead, or the
    assertion judged as of another day, Redis would take a time that has passed
    for it, forget at once, and answer the second use like the first.

    The server must not forget early: ``maxmemory-policy noeviction``.
    """

    __slots__ = ("_address", "_client")

    def __init__(self, address: RedisAddress, *, wait: float = WAIT) -> None:
        """Connect, and see that the server answers.

        :raises ReplayStoreError: it does not, or not to us.
        """
        self._address: Final = address
        self._client: Final = redis.Redis(
            host=address.host,
            port=address.port,
            db=address.database,
            credential_provider=_Credentials(address) if address.user or address.password else None,
            # The oldest protocol is all that is needed here, and every server speaks it.
            protocol=2,
            socket_timeout=wait,
            socket_connect_timeout=wait,
            # A SET that was made but whose answer got lost would find itself when repeated.
            retry=Retry(NoBackoff(), 0),
            ssl=address.tls,
            ssl_cert_reqs="required",
            ssl_check_hostname=True,
        )
        try:
            self._client.ping()
        except _FAILURES as error:
            failed = self._failed(error)
            self._client.close()
            raise_alone(failed)

    def remember(self, key: bytes, *, until: int, now: int) -> bool:
        """As the interface says."""
        seconds = max(until - now, 0) + CLOCK_MARGIN
        try:
            answer = self._client.set(PREFIX + key.hex(), b"1", nx=True, ex=seconds)
        except _FAILURES as error:
            raise_alone(self._failed(error))
        return answer is True

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __repr__(self) -> str:
        return f"RedisReplayStore({self._address})"

    def _failed(self, error: Exception) -> ReplayStoreError:
        # Not the server's own words: an old one repeats the arguments of a command that it does not know,
        # and one of the commands is AUTH.
        what, hint = _explained(error)
        return ReplayStoreError(f"the replay store {printable(str(self._address))} {what}", hint=hint)


def _explained(error: Exception) -> tuple[str, str | None]:
    """What a failure means, and what to try; the kinds that are special first."""
    if _is_about_certificate(error):
        return (
            "shows a certificate that does not verify",
            "the host has to stand in it; a private CA is named by the variable SSL_CERT_FILE",
        )
    for kinds, what, hint in _MEANINGS:
        if isinstance(error, kinds):
            return what, hint
    return "cannot be reached", _TLS_OR_NOT


_TLS_OR_NOT: Final = "is it running there? With rediss:// it has to speak TLS, with redis:// it must not"
_MEANINGS: Final[tuple[tuple[tuple[type[Exception], ...], str, str | None], ...]] = (
    (
        (exceptions.AuthenticationError, exceptions.AuthenticationWrongNumberOfArgsError),
        "does not take the user or the password",
        "user and password stand before the host: redis://USER:PASSWORD@HOST, or redis://:PASSWORD@HOST",
    ),
    (
        (exceptions.NoPermissionError, exceptions.AuthorizationError),
        "does not let this user do it",
        f"PING, SELECT, and SET of the keys {PREFIX}*",
    ),
    (
        (exceptions.OutOfMemoryError,),
        "has no memory left",
        "raise maxmemory; with another policy than noeviction it would forget uses",
    ),
    ((exceptions.ReadOnlyError,), "is a replica, which cannot be written", "name the primary"),
    ((exceptions.BusyLoadingError,), "is loading its data", "try again"),
    ((exceptions.TimeoutError, TimeoutError), "does not answer in time", _TLS_OR_NOT),
    ((exceptions.ResponseError,), "refuses the command", "the server's log says why"),
)


def _is_about_certificate(error: BaseException) -> bool:
    """Whether a certificate that did not verify is at the bottom of it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
