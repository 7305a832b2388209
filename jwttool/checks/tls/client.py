"""Whether a client certificate is asked for, and whether ours would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from jwttool.certificates.access import extension, issuer_name, rfc4514
from jwttool.certificates.validity import refuse_outside_validity
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.tls.seen import Demand
from jwttool.checks.tls.server import missing_usage
from jwttool.encoding import printable
from jwttool.errors import RefusedError
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.tls.seen import TlsView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

_NONE_GIVEN: Final = Unjudged("no client certificate was given")
_NOT_ASKED: Final = Unjudged("the server asks for no client certificate")
_FAILED_BEFORE: Final = Unjudged("the handshake failed before the server could ask for one")
_FAILED_LATER: Final = Unjudged("the handshake failed for another reason than the want of one")
_WHERE: Final = "certificate"


@rule(
    "tls-client-certificate",
    WARNING,
    "a client certificate is given where it is asked for",
    "RFC 8446 section 4.3.2; RFC 8705 section 2",
)
def given(view: TlsView) -> Outcome:
    """Mutual TLS: the server asks for a certificate in the handshake, and may do without or not.

    A server that lets the handshake pass without one may still refuse the request that comes after it (nginx
    answers 400), and one that does not ask may do so later, for some paths alone. No handshake shows that.
    """
    demand = view.seen.demand
    if demand is None:
        return _FAILED_LATER if view.seen.bare.asked else _FAILED_BEFORE
    if view.ours is None and demand is Demand.REQUIRED:
        return Finding(
            "the server wants a client certificate, and none was given", "give one with --cert and --key"
        )
    if view.ours is not None and demand is Demand.NO:
        return Finding(
            "the server asks for no client certificate in the handshake: ours is not used",
            "is it the address for mutual TLS? Banks often have another host or port for it",
        )
    return None


@rule("tls-client-key", ERROR, "our key and our certificate belong together", "RFC 8446 section 4.4.3")
def key(view: TlsView) -> Outcome:
    """The certificate holds the public half of the private key.

    If it does not, there is nothing to prove that the certificate is ours. `jwttool cert match` finds what
    belongs together.
    """
    if view.ours is None:
        return _NONE_GIVEN
    if view.ours.key_matches is None:
        return Unjudged("no key was given")
    if view.ours.key_matches:
        return None
    return Finding(
        "the certificate is not of this key",
        "jwttool cert match FILE FILE... finds what belongs together",
        _WHERE,
    )


@rule("tls-client-validity", ERROR, "our certificate is valid at that time", "RFC 5280 section 4.1.2.5")
def validity(view: TlsView) -> Outcome:
    """A certificate is good from its first to its last second; a server refuses the handshake else.

    Have a new one issued in time, and register it where the bank keeps the old one.
    """
    if view.ours is None:
        return _NONE_GIVEN
    try:
        refuse_outside_validity(view.ours.certificate, view.at)
    except RefusedError as error:
        return Finding(error.message, error.hint, _WHERE)
    return None


@rule(
    "tls-client-usage",
    ERROR,
    "our certificate is for clients",
    "RFC 5280 sections 4.2.1.3 and 4.2.1.12; RFC 8446 section 4.4.2.3",
)
def usage(view: TlsView) -> Outcome:
    """The extended key usage, where there is one, has clientAuth; the key usage has digitalSignature.

    The certificate for the connection is the QWAC, and not the seal that signs messages.
    """
    if view.ours is None:
        return _NONE_GIVEN
    certificate = view.ours.certificate
    hint = "name the certificate for the connection (a QWAC), or have one issued for clients"
    found = missing_usage(certificate, ExtendedKeyUsageOID.CLIENT_AUTH, "clientAuth", hint, _WHERE)
    if found is not None:
        return found
    allowed = extension(certificate, x509.KeyUsage)
    if allowed is None or allowed.digital_signature:
        return None
    return Finding("its key usage lacks digitalSignature", hint, _WHERE)


@rule(
    "tls-client-issuer",
    ERROR,
    "our certificate was issued by a CA that the server names",
    "RFC 8446 section 4.2.4; RFC 5246 sections 7.4.4 and 7.4.6",
)
def issuer(view: TlsView) -> Outcome:
    """A server may say which CAs it takes client certificates from; clients choose by it, or send none.

    If ours is below one of them by way of another CA, put that one into the certificate's file, after it:
    the server needs it too. Otherwise it is the wrong certificate, or the wrong environment, or the bank has
    to add the CA.
    """
    if view.ours is None:
        return _NONE_GIVEN
    bare = view.seen.bare
    if not bare.asked:
        return _NOT_ASKED
    if not bare.authorities and not bare.unreadable_authorities:
        return Unjudged("the server does not say which CAs it takes certificates from")
    if view.issued_by is not None:
        return None
    if bare.unreadable_authorities:
        return Unjudged("some of the CAs that the server names cannot be read")
    ours = printable(rfc4514(issuer_name(view.ours.certificate)), 120)
    count = len(bare.authorities)
    named = (
        f"{count} CAs, and our issuer is not among them" if count > 1 else "one CA, and it is not our issuer"
    )
    return Finding(
        f"the server names {named}: {ours}",
        "is it the certificate for this environment, test or live? Where a CA stands between, put it into "
        "the certificate's file",
        _WHERE,
    )


@rule(
    "tls-client-accepted",
    ERROR,
    "the server takes our certificate in the handshake",
    "RFC 8446 sections 4.4.2.4 and 6.2",
)
def accepted(view: TlsView) -> Outcome:
    """A handshake with our certificate comes about, and no alert follows it.

    With TLS 1.3 the alert comes after the handshake, so something is read as well. Servers that judge
    certificates only with the request (nginx) pass here and refuse then.
    """
    own = view.seen.own
    if own is None:
        if view.ours is None:
            return _NONE_GIVEN
        return _NOT_TRIED if view.seen.bare.asked else _NOT_ASKED
    if own.stands:
        return None
    words, hint = own.why()
    return Finding(words, hint, "handshake")


_NOT_TRIED: Final = Unjudged("the handshake was not tried with our certificate")
