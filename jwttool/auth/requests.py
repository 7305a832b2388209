"""Authentication for requests, which is imported here and has to be installed: ``jwttool[requests]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from jwttool.auth.source import header
from jwttool.errors import UsageError, raise_alone

try:
    import requests
except ImportError:
    raise_alone(UsageError("requests is not installed", hint="pip install 'jwttool[requests]'"))

if TYPE_CHECKING:
    from jwttool.auth.source import TokenSource

_AUTHORIZATION: Final = "Authorization"
_UNAUTHORIZED: Final = 401


class RequestsAuth(requests.auth.AuthBase):
    """``requests.get(url, auth=RequestsAuth(source))``, or ``session.auth``; may be shared among threads.

    A request that is answered with 401 is repeated once, with a new token, if
    its body can be sent again.
    """

    def __init__(self, source: TokenSource) -> None:
        self._source: Final = source

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """As requests calls it: put the token in, and look at the answer."""
        token, url = self._source.token(), request.url or ""
        request.headers[_AUTHORIZATION] = header(token, url)

        def look(answer: requests.Response, **options: Any) -> requests.Response:
            # requests hands the hook on along redirects: no token for another host, and no third try.
            if answer.status_code != _UNAUTHORIZED or not _is_same_place(answer, url, token):
                return answer
            answer.content  # noqa: B018  # read, so that the connection is free
            answer.close()
            again = answer.request.copy()
            again.headers[_AUTHORIZATION] = header(self._source.renew(token), url)
            again.hooks = {"response": []}
            repeated: requests.Response = answer.connection.send(again, **options)
            repeated.history.append(answer)
            repeated.request = again
            return repeated

        request.register_hook("response", look)  # type: ignore[no-untyped-call]
        return request


def _is_same_place(answer: requests.Response, url: str, token: str) -> bool:
    asked = answer.request
    here, there = urlsplit(url), urlsplit(asked.url or "")
    same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
    ours = asked.headers.get(_AUTHORIZATION) == f"Bearer {token}"
    return same and ours and (asked.body is None or isinstance(asked.body, str | bytes))
