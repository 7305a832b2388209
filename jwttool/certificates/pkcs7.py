"""The certificates in a PKCS#7 structure (RFC 2315, RFC 5652), and nothing else of it.

Taken apart here, because OpenSSL's reader would copy and parse all of a
hostile structure, revocation lists and signatures included, before anybody
could count what is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.certificates.spki import sequence
from jwttool.encoding import Limit
from jwttool.errors import MalformedError, TooLargeError
from jwttool.keys.der import Tag, elements, oid, single

if TYPE_CHECKING:
    from jwttool.keys.der import Element

_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_DAMAGED: Final = "the PKCS#7 structure cannot be read: it is damaged"


def certificates_in_pkcs7(data: bytes, most: int) -> list[bytes]:
    """The DER of each certificate in it, in order; attribute certificates are passed over.

    :param most: more certificates than that are refused, unread.
    :raises TooLargeError: more certificates, or larger ones, than a certificate file may hold.
    :raises MalformedError: damaged, of another kind of content, or without certificates.
    """
    held = _certificates(data)
    if held is None:
        raise _empty()
    if len(held.content) > Limit.CERTIFICATE:
        raise TooLargeError(f"the certificates are larger than the limit of {Limit.CERTIFICATE:,} bytes")
    try:
        choices = elements(held.content, most=most)
    except MalformedError:
        raise MalformedError(f"{_DAMAGED}, or holds more than {most:,} certificates") from None
    found = [sequence(choice.content) for choice in choices if choice.tag == Tag.SEQUENCE]
    if not found:
        raise _empty()
    return found


def _certificates(data: bytes) -> Element | None:
    """RFC 5652 section 5.1: version, digest algorithms, content, [0] certificates, [1] CRLs, signers."""
    try:
        kind, content = elements(single(data, Tag.SEQUENCE).content)
        signed = oid(kind) == _SIGNED_DATA and content.tag == Tag.CONTEXT_0
        fields = elements(single(content.content, Tag.SEQUENCE).content) if signed else []
    except (MalformedError, ValueError):
        raise MalformedError(_DAMAGED, hint="fetch the file again") from None
    return next((part for part in fields[3:] if part.tag == Tag.CONTEXT_0), None)


def _empty() -> MalformedError:
    return MalformedError("the PKCS#7 structure holds no certificates", hint="ask for one that does")
