"""Which certificate a client_id belongs to, declared by somebody who knows.

The one indirect way that can be relied on: a client_id that is a random number
says nothing by itself. Each entry names the certificate by exactly one of its
organizationIdentifier, its SHA-256 fingerprint or its subject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from jwttool.eidas.organization_identifier import parse_organization_identifier
from jwttool.encoding import is_visible, printable
from jwttool.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_VALUE: Final = 4096
_SHOWN: Final = 60
_SHA256: Final = re.compile(r"[0-9A-Fa-f]{64}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31}")
# RFC 6749 appendix A.1: a client_id is made of visible ASCII characters and spaces.
_CLIENT_ID: Final = re.compile(r"[ -~]+")


class Declares(StrEnum):
    """What an entry names the certificate by."""

    ORGANIZATION_IDENTIFIER = "organization_identifier"
    CERTIFICATE_SHA256 = "certificate_sha256"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One entry; a fingerprint is in lower-case hex, without colons."""

    kind: Declares
    value: str


@dataclass(frozen=True, slots=True)
class ClientMapping:
    """Declarations by client_id."""

    entries: Mapping[str, Declaration] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, client_id: str) -> Declaration | None:
        """What is declared of a client_id, compared exactly."""
        return self.entries.get(client_id)


def is_client_id(text: str) -> bool:
    """Whether a text can be a client_id at all (RFC 6749 appendix A.1)."""
    return _CLIENT_ID.fullmatch(text) is not None


def parse_mapping(table: object, place: str) -> ClientMapping:
    """The mapping that a TOML table holds, one entry a client_id.

    :param place: where the table stands, for messages.
    :raises ConfigError: naming the entry; never its value.
    """
    if not isinstance(table, dict):
        raise ConfigError(f"{place} is not a table", hint=_HINT)
    entries = {client_id: _declaration(client_id, entry, place) for client_id, entry in table.items()}
    return ClientMapping(MappingProxyType(entries))


_HINT: Final = '"CLIENT_ID" = { organization_identifier = "PSDFR-ACPR-12345" }'
# TOML reads a.b = ... as a table in a table.
_UNKNOWN: Final = (
    f'known are {", ".join(Declares)}; a client_id with a dot in it stands in quotes: "a.b" = ...'
)


def _declaration(client_id: str, entry: object, place: str) -> Declaration:
    where = f'"{printable(client_id, _SHOWN)}" in {place}'
    if not is_client_id(client_id):
        raise ConfigError(f"{where} is no client_id: a character is not printable ASCII, or there is none")
    if isinstance(entry, str):
        return _checked(_kind_of(entry), entry, where)
    for key in entry if isinstance(entry, dict) else ():
        if key not in set(Declares):
            raise ConfigError(f'unknown key "{printable(key, _SHOWN)}" in {where}', hint=_UNKNOWN)
    if not isinstance(entry, dict) or len(entry) != 1:
        raise ConfigError(f"{where} does not name one certificate in one way", hint=_HINT)
    [(name, value)] = entry.items()
    if not isinstance(value, str):
        raise ConfigError(f"{name} of {where} is not a string in quotes")
    return _checked(Declares(name), value, where)


def _kind_of(value: str) -> Declares:
    """What a bare string is: the three forms cannot be taken for each other."""
    if _SHA256.fullmatch(value):
        return Declares.CERTIFICATE_SHA256
    # No attribute's name begins as a scheme does, and the number after one is free.
    if "=" not in value or parse_organization_identifier(value).scheme is not None:
        return Declares.ORGANIZATION_IDENTIFIER
    return Declares.SUBJECT


def _checked(kind: Declares, value: str, where: str) -> Declaration:
    if not value or len(value) > MAX_VALUE:
        raise ConfigError(f"{kind} of {where} is empty, or longer than {MAX_VALUE:,} characters")
    if kind is Declares.CERTIFICATE_SHA256:
        if not _SHA256.fullmatch(value):
            raise ConfigError(
                f"{kind} of {where} is not 64 hex digits", hint="jwttool cert fingerprint CERT --as sha256"
            )
        return Declaration(kind, value.replace(":", "").lower())
    # An identifier with a look-alike in it would match a certificate that has the same one.
    if kind is Declares.ORGANIZATION_IDENTIFIER and not is_client_id(value):
        raise ConfigError(f"{kind} of {where} has a character that is not printable ASCII")
    if not is_visible(value) or (kind is Declares.SUBJECT and "=" not in value):
        raise ConfigError(
            f"{kind} of {where} is no subject", hint="write it as `jwttool cert show` does: CN=...,O=...,C=FR"
        )
    return Declaration(kind, value)
