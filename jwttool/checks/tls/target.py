"""Where to connect: HOST[:PORT], read strictly.

``127.1``, ``0x7f000001`` and the like are addresses to some resolvers and names
to others; what ends in a number is an address, whole, or nothing.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from jwttool.encoding import shown
from jwttool.errors import UsageError

HTTPS_PORT: Final = 443
_LONGEST: Final = 253  # RFC 1035 section 2.3.4, less the length bytes at both ends
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_HINT: Final = "HOST, HOST:PORT or [IPv6]:PORT, without scheme, path or user name"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """A host and a port, and the name by which the server is to know itself.

    ``host`` is a DNS name in ASCII or an IP address; so is ``server_name``,
    which is what the certificate has to be for. A DNS name is also sent (SNI,
    RFC 6066 section 3), an address never is.
    """

    host: str
    port: int
    server_name: str

    @property
    def sent_name(self) -> str | None:
        """The name to send; None for an address."""
        return None if ip_address(self.server_name) else self.server_name

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_target(text: str, server_name: str | None = None) -> Target:
    """Read HOST[:PORT]; the port is 443 unless it is given.

    :param server_name: the name to ask for and to find in the certificate; that of the host by default.
    :raises UsageError: for what is no host or no port.
    """
    if "/" in text or "@" in text:
        raise UsageError("a URL, where a host belongs", hint=_HINT)
    host, port = _split(text)
    found = parse_host(host)
    return Target(found, HTTPS_PORT if port is None else _port(port), parse_host(server_name or found))


def parse_host(text: str) -> str:
    """A DNS name in lower-case ASCII, without a dot at its end, or an IP address.

    Letters outside ASCII are encoded as IDNA 2008 has it, after the mapping of UTS 46.

    :raises UsageError: it is neither.
    """
    if not text:
        raise UsageError("the host is empty", hint=_HINT)
    if len(text) > _LONGEST:
        raise UsageError(f"the host is longer than {_LONGEST} characters")
    address = ip_address(text)
    if address is not None:
        return str(address)
    name = (text if text.isascii() else _ascii(text)).lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > _LONGEST or not all(map(_LABEL.fullmatch, labels)):
        raise UsageError(f"no host: {shown(text)}", hint=_HINT)
    if _NUMBER.fullmatch(labels[-1]):
        raise UsageError(f"neither a whole IP address nor a name: {shown(text)}", hint=_HINT)
    return name


def ip_address(text: str) -> Address | None:
    """An IP address; None for a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _split(text: str) -> tuple[str, str | None]:
    """Host and port; of several colons the address is an IPv6 one, with brackets if it has a port."""
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        if not closed or not isinstance(ip_address(host), ipaddress.IPv6Address):
            raise UsageError("no IPv6 address between the brackets", hint=_HINT)
        if rest and not rest.startswith(":"):
            raise UsageError("something else than a port behind the brackets", hint=_HINT)
        return host, rest[1:] if rest else None
    if text.count(":") > 1:
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 2**16):
        raise UsageError(f"no port: {shown(text)}", hint="a number from 1 to 65535")
    return int(text)


def _ascii(text: str) -> str:
    import idna  # only for the few names that need it

    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except UnicodeError:  # which IDNAError is; its text repeats the name as it is
        raise UsageError(f"no host name: {shown(text)}", hint="write it as DNS has it, xn--...") from None
