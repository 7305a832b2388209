"""Authentication for httpx2, with threads and with asyncio or trio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx2

from jwttool.auth.source import header

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from jwttool.auth.source import TokenSource

_AUTHORIZATION: Final = "Authorization"


class HttpxAuth(httpx2.Auth):
    """``httpx2.Client(auth=HttpxAuth(source))``, or ``AsyncClient``.

    A request that is answered with 401 is repeated once, with a new token, if
    its body can be sent again.
    """

    def __init__(self, source: TokenSource) -> None:
        self._source: Final = source

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """As httpx2 calls it, with a token from this thread."""
        token = self._source.token()
        response = yield _with(request, token)
        if response.status_code == httpx2.codes.UNAUTHORIZED and _again(request):
            yield _with(request, self._source.renew(token))

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """As httpx2 calls it; a token is fetched in a thread, while other tasks go on."""
        import anyio.to_thread

        token = self._source.cached()
        if token is None:
            token = await anyio.to_thread.run_sync(self._source.token)
        response = yield _with(request, token)
        if response.status_code == httpx2.codes.UNAUTHORIZED and _again(request):
            yield _with(request, await anyio.to_thread.run_sync(self._source.renew, token))


def _with(request: httpx2.Request, token: str) -> httpx2.Request:
    request.headers[_AUTHORIZATION] = header(token, str(request.url))
    return request


def _again(request: httpx2.Request) -> bool:
    """Whether the body can be sent a second time: a generator is used up."""
    return isinstance(request.stream, httpx2.ByteStream)
