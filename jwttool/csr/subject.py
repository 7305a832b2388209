"""A subject from its RFC 4514 string, with errors that say where it cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from jwttool.errors import MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SUBJECT: Final = 4096
"""Characters; X.520 allows a few attributes of at most some hundred each."""

_HINT: Final = r"write it like CN=example,O=My Company,C=FI; a comma inside a value is escaped: \,"
_NAME: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)=")
_ESCAPE_OR_COMMA: Final = re.compile(r"\\.|,", re.DOTALL)

# The nine names of RFC 4514 section 3, and what open banking uses beside them.
_ATTRIBUTES: Final = {
    "CN": NameOID.COMMON_NAME,
    "L": NameOID.LOCALITY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "C": NameOID.COUNTRY_NAME,
    "STREET": NameOID.STREET_ADDRESS,
    "DC": NameOID.DOMAIN_COMPONENT,
    "UID": NameOID.USER_ID,
    "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "emailAddress": NameOID.EMAIL_ADDRESS,
    "givenName": NameOID.GIVEN_NAME,
    "SN": NameOID.SURNAME,
    "title": NameOID.TITLE,
    "postalCode": NameOID.POSTAL_CODE,
    "businessCategory": NameOID.BUSINESS_CATEGORY,
    "jurisdictionC": NameOID.JURISDICTION_COUNTRY_NAME,
}


class _AnyCase(dict[str, x509.ObjectIdentifier]):
    """RFC 4514 section 2.3: the names of attributes are the same in any case."""

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        return super().get(key.casefold(), default)


_BY_NAME: Final = _AnyCase({name.casefold(): oid for name, oid in _ATTRIBUTES.items()})


def parse_subject(text: str) -> x509.Name:
    """The name that an RFC 4514 string describes; an empty string is an empty name.

    :raises MalformedError: saying at which character, counted from 1.
    """
    if len(text) > MAX_SUBJECT:
        raise MalformedError(f"the subject is longer than the limit of {MAX_SUBJECT:,} characters")
    if text.startswith("/"):
        raise MalformedError("the subject is written in openssl's way, with slashes", hint=_HINT)
    for position, character in enumerate(text, start=1):
        if not character.isprintable():
            raise MalformedError(f"the subject has a control character at character {position}")
    # RFC 4514 section 2.1: the string has the parts of the name in reverse order.
    return x509.Name([_part(piece, position) for position, piece in reversed(list(_pieces(text)))])


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The parts between commas that are not escaped, each with its position.

    White space after a comma is what people type; RFC 2253 section 4 asks
    readers to allow it.
    """
    if not text:
        return
    # A backslash takes the next character with it (RFC 4514 section 2.4).
    commas = [match.start() for match in _ESCAPE_OR_COMMA.finditer(text) if match[0] == ","]
    start = 0
    for end in (*commas, len(text)):
        piece = text[start:end]
        stripped = piece.lstrip(" ")
        yield start + len(piece) - len(stripped) + 1, stripped
        start = end + 1


def _part(piece: str, position: int) -> x509.RelativeDistinguishedName:
    """One part of the name: an attribute, or several joined by "+"."""
    name = _NAME.match(piece)
    if name is None:
        raise MalformedError(f"the subject has no NAME=VALUE at character {position}", hint=_HINT)
    if not name[1][0].isdigit() and _BY_NAME.get(name[1]) is None:
        raise MalformedError(
            f"the subject has an unknown attribute name at character {position}",
            hint=f"known are {', '.join(_ATTRIBUTES)}; any other is written as its number: 2.5.4.97=VALUE",
        )
    with library(_fault(piece, position)):
        [part] = x509.Name.from_rfc4514_string(piece, _BY_NAME).rdns
    for attribute in part:
        _check_value(attribute, position)
    return part


def _check_value(attribute: x509.NameAttribute[str | bytes], position: int) -> None:
    value = attribute.value
    where = f"the attribute at character {position} of the subject"
    if not value:
        raise MalformedError(f"{where} has no value", hint="leave it out, or give it one")
    if isinstance(value, str) and not value.isprintable():
        # It came in as a hex escape.
        raise MalformedError(f"{where} has a control character in its value")
    is_country = attribute.oid in {NameOID.COUNTRY_NAME, NameOID.JURISDICTION_COUNTRY_NAME}
    if is_country and not (isinstance(value, str) and re.fullmatch("[A-Z]{2}", value)):
        raise _no_country(position)


_COUNTRY: Final = re.compile(
    r"(?:^|\+)\s*(?:C|jurisdictionC|2\.5\.4\.6|1\.3\.6\.1\.4\.1\.311\.60\.2\.1\.3)=((?:\\.|[^+\\])*)",
    re.IGNORECASE | re.DOTALL,
)


def _fault(piece: str, position: int) -> MalformedError:
    """What it means when the library cannot read a part: it also refuses countries of three letters."""
    if any(not re.fullmatch("[A-Za-z]{2}", country) for country in _COUNTRY.findall(piece)):
        return _no_country(position)
    return MalformedError(f"the subject cannot be read at character {position}", hint=_HINT)


def _no_country(position: int) -> MalformedError:
    # X.520 section 6.3.1: ISO 3166 alpha-2, which is in capitals.
    return MalformedError(
        f"the attribute at character {position} of the subject is no country code of two capital letters",
        hint="for example C=FI",
    )
