"""The same request for curl: a command without any secret, and the configuration that it reads.

Whatever a program is given as an argument, every user of the machine can see;
so the command names a file, or reads the configuration from standard input.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jwttool.errors import UsageError
from jwttool.grant.message import revealed

if TYPE_CHECKING:
    from pathlib import Path

    from jwttool.config import Client
    from jwttool.grant.message import HttpRequest
    from jwttool.secret import Secret

HIDDEN: Final = "(hidden)"
_WORD: Final = "JWTTOOL"
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r", "\v": "\\v"}
_KINDS: Final = {".p12": "P12", ".pfx": "P12", ".der": "DER"}


def curl_config(
    request: HttpRequest,
    client: Client,
    *,
    tls_passphrase: Secret | None = None,
    server_ca: Path | None = None,
    seconds: float = 30,
    show_secrets: bool = True,
) -> str:
    """A configuration of curl (``curl --config``) that sends the request.

    It holds the secrets, unless ``show_secrets`` is false: then it is for looking at.

    :raises UsageError: a name of a file that a configuration cannot hold.
    """
    lines = [
        _option("url", request.url),
        _option("request", request.method),
        *(
            _option("header", f"{name}: {_seen(name, value, request, show=show_secrets)}")
            for name, value in request.headers
        ),
        _option("data-raw", request.body.decode("utf-8") if show_secrets else HIDDEN),
    ]
    if client.tls_certificate is not None and client.tls_key is not None:
        lines += [
            *_file("cert", client.tls_certificate, "cert-type"),
            *_file("key", client.tls_key, "key-type"),
        ]
        if tls_passphrase is not None:
            lines.append(_option("pass", revealed(tls_passphrase) if show_secrets else HIDDEN))
    if server_ca is not None:
        lines.append(_option("cacert", str(server_ca.absolute())))
    lines += [
        _option("proto", "=" + urlsplit(request.url).scheme.lower()),
        "tlsv1.2",
        _option("max-redirs", "0"),
        _option("connect-timeout", "10"),
        _option("max-time", f"{seconds:g}"),
        "include",
        "silent",
        "show-error",
    ]
    return "".join(f"{line}\n" for line in lines)


def curl_command(file: Path | None, config: str = "") -> str:
    """The command: it reads the file, or the configuration that stands below it."""
    # --disable: the user's own .curlrc must not change the request (a proxy, --location, --trace).
    if file is not None:
        return f"curl --disable --config {shlex.quote(str(file))}"
    word = _WORD
    while f"\n{word}\n" in f"\n{config}":
        word += "_"
    return f"curl --disable --config - <<'{word}'\n{config}{word}"


def _seen(name: str, value: str, request: HttpRequest, *, show: bool) -> str:
    return value if show or name not in request.secret_headers else HIDDEN


def _file(option: str, path: Path, kind: str) -> list[str]:
    lines = [_option(option, str(path.absolute()))]
    named = _KINDS.get(path.suffix.lower())
    return [*lines, _option(kind, named)] if named is not None else lines


def _option(name: str, value: str) -> str:
    """One line: in double quotes, with the escapes that curl's manual names."""
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise UsageError(f"{name} holds a character that curl's configuration cannot hold")
    return f'{name} = "{"".join(_ESCAPES.get(character, character) for character in value)}"'
