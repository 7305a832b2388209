"""The server's certificate, apart from its chain."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from jwttool.certificates.access import (
    extension,
    extensions,
    issuer_name,
    not_after,
    not_before,
    subject_name,
)
from jwttool.certificates.names import name_key
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.tls.target import ip_address
from jwttool.encoding import printable
from jwttool.errors import InputError, MalformedError
from jwttool.keys.boundary import library
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.tls.seen import TlsView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

CERTIFICATE: Final = "tls-server-certificate"
_WHERE: Final = "chain[0]"
_REISSUE: Final = "the server's operator has to have it issued again"


@rule(
    CERTIFICATE,
    ERROR,
    "the server's certificate can be read",
    "RFC 8446 section 4.4.2; RFC 5280 section 4.1",
)
def certificate(view: TlsView) -> Outcome:
    """The server shows a certificate, and names, dates and extensions of it can be decoded.

    What is damaged cannot be judged, and other clients will not take it either.
    """
    best = view.seen.best
    if best.unreadable:
        return Finding(f"{best.unreadable} of the server's certificates cannot be read", _REISSUE)
    if not best.chain:
        return Unjudged("the handshake did not come as far as the server's certificate")
    try:
        for each in best.chain:
            for read in (subject_name, issuer_name, not_before, not_after, extensions):
                read(each)
    except InputError as error:
        return Finding(f"of the server's certificates: {error.message}", _REISSUE)
    return None


@rule(
    "tls-server-name", ERROR, "the server's certificate is for its name", "RFC 9525 section 6", (CERTIFICATE,)
)
def name(view: TlsView) -> Outcome:
    """The name that we connect to stands among the certificate's subjectAltNames; a CN does not count.

    Otherwise anybody with a certificate of the same CA could take the server's place. Connect to a name that
    the certificate has, or give it with --server-name.
    """
    wanted, leaf = view.target.server_name, view.chain[0]
    try:
        fits = _fits(leaf, wanted)
    except InputError as error:
        return Finding(error.message, _REISSUE, _WHERE)
    if fits:
        return None
    there = _names(leaf)
    listed = ", ".join(printable(each, 80) for each in there[:_NAMED])
    more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
    held = f"is for {listed}{more}, and not" if there else "has no subjectAltName at all: it is not"
    return Finding(
        f"the certificate {held} for {wanted}",
        "connect by a name that it has, or name it with --server-name",
        _WHERE,
    )


_NAMED: Final = 5


def _fits(leaf: x509.Certificate, wanted: str) -> bool:
    """:raises MalformedError: the names in the certificate are no names."""
    # Imported here because it takes as long to load as everything else.
    from service_identity import VerificationError
    from service_identity.cryptography import verify_certificate_hostname, verify_certificate_ip_address

    if not _names(leaf):
        return False
    verify = verify_certificate_ip_address if ip_address(wanted) else verify_certificate_hostname
    with library(MalformedError("a name in the server's certificate has a form that names do not have")):
        try:
            verify(leaf, wanted)
        except VerificationError:
            return False
    return True


def _names(leaf: x509.Certificate) -> list[str]:
    found = extension(leaf, x509.SubjectAlternativeName)
    if found is None:
        return []
    addresses = map(str, found.get_values_for_type(x509.IPAddress))
    return [*found.get_values_for_type(x509.DNSName), *addresses]


@rule(
    "tls-server-usage",
    ERROR,
    "the server's certificate is for servers",
    "RFC 5280 section 4.2.1.12",
    (CERTIFICATE,),
)
def usage(view: TlsView) -> Outcome:
    """The extended key usage, where there is one, has serverAuth.

    Clients refuse a certificate that is for something else. The CA issues it, for the purpose that was asked.
    """
    return missing_usage(view.chain[0], ExtendedKeyUsageOID.SERVER_AUTH, "serverAuth", _REISSUE, _WHERE)


def missing_usage(
    leaf: x509.Certificate, purpose: x509.ObjectIdentifier, named: str, hint: str, where: str
) -> Finding | None:
    """The finding that the extended key usages lack a purpose."""
    found = extension(leaf, x509.ExtendedKeyUsage)
    if found is None or purpose in found or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in found:
        return None
    return Finding(f"its extended key usage lacks {named}", hint, where)


@rule(
    "tls-server-order",
    WARNING,
    "every certificate that the server sends issued the one before it",
    "RFC 8446 section 4.4.2; RFC 5246 section 7.4.2",
    (CERTIFICATE,),
)
def order(view: TlsView) -> Outcome:
    """The server's own certificate first, then each one's issuer.

    Many clients sort them, some do not, and then find no chain. The server's operator puts them in order.
    """
    for number, (lower, upper) in enumerate(pairwise(view.chain), start=1):
        if name_key(issuer_name(lower)) != name_key(subject_name(upper)):
            return Finding(
                f"certificate {number + 1} of {len(view.chain)} did not issue the one before it",
                "the server's operator has to put them in order, and leave out what does not belong there",
            )
    return None
