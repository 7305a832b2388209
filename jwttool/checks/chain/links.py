"""The rules about each certificate of a chain (RFC 5280 section 6.1)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from jwttool.certificates.access import (
    any_public_key,
    extension,
    extensions,
    issuer,
    not_after,
    not_before,
    serial_number,
    subject,
)
from jwttool.certificates.critical import unknown_critical
from jwttool.certificates.paths import is_self_issued
from jwttool.certificates.signed_by import ANOTHER_KEY, algorithm_fault, why_not_signed
from jwttool.certificates.usages import extended_key_usage_names
from jwttool.checks.chain.view import READABLE, named
from jwttool.checks.rule import Outcome, Unjudged, rule
from jwttool.errors import InputError, UnsupportedError
from jwttool.report import Severity
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from jwttool.checks.chain.view import Link

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

NEEDS: Final = (READABLE,)
ALGORITHM: Final = "chain-signature-algorithm"
_NO_ISSUER: Final = Unjudged("the issuer is not there")
_NO_ALGORITHM: Final = Unjudged(f"not judged, because {ALGORITHM} did not pass")


@rule(READABLE, ERROR, "every certificate can be read", "RFC 5280 section 4.1")
def readable(link: Link) -> Outcome:
    """Names, dates, extensions and key of a certificate can be decoded.

    One that is damaged inside can still be loaded; nothing that is judged
    below could be relied on. Fetch it again from the CA.
    """
    certificate = link.certificate
    try:
        for read in (subject, issuer, serial_number, not_before, not_after, extensions):
            read(certificate)
        with contextlib.suppress(UnsupportedError):  # of which chain-key tells
            any_public_key(certificate)
    except InputError as error:
        return link.finding(error.message, "fetch it again, or ask the CA for a sound one")
    return None


@rule(
    ALGORITHM,
    ERROR,
    "no certificate is signed with SHA-1, MD5 or what is not known",
    "RFC 6151 section 2 (MD5); NIST SP 800-131A Rev. 2 section 9 (SHA-1)",
    NEEDS,
)
def signature_algorithm(link: Link) -> Outcome:
    """A signature counts as much as the hash below it: SHA-256 or better.

    With MD5 and SHA-1 somebody else can have a second certificate with the same
    signature. The signature of what is trusted is not relied on, and may be an
    old one.
    """
    if link.is_anchor:
        return None
    fault = algorithm_fault(link.certificate)
    return None if fault is None else link.finding(fault, "have it issued anew, with SHA-256 or better")


@rule(
    "chain-signature",
    ERROR,
    "every certificate is signed by the key of the one above",
    "RFC 5280 section 6.1.3 (a)(1)",
    NEEDS,
)
def signature(link: Link) -> Outcome:
    """The key of the next certificate made the signature.

    If it did not, the certificate above has the right name and another key (a
    CA that renewed its key, or somebody who uses its name), or the certificate
    was changed. Look for the CA's other certificate of that name. The signature
    of what is trusted says nothing and is not looked at.
    """
    if link.issuer is None:
        return None if link.is_closed else _NO_ISSUER
    fault = why_not_signed(link.certificate, link.issuer)
    if fault is None:
        return None
    if fault != ANOTHER_KEY and algorithm_fault(link.certificate) is not None:
        return _NO_ALGORITHM
    return link.finding(
        f"the signature does not verify with the key of {named(link.issuer)}: {fault}",
        "the CA may have several certificates of that name: give the one that issued this",
    )


@rule(
    "chain-key-identifier",
    ERROR,
    "every certificate names the key of the one above",
    "RFC 5280 sections 4.2.1.1 and 4.2.1.2",
    NEEDS,
)
def key_identifier(link: Link) -> Outcome:
    """The authority key identifier is the subject key identifier of the certificate above.

    OpenSSL takes a certificate with another identifier for no issuer at all,
    even if the signature is right. It is the CA's mistake to mend.
    """
    if link.issuer is None:
        return None if link.is_closed else _NO_ISSUER
    wanted = extension(link.certificate, x509.AuthorityKeyIdentifier)
    try:
        there = extension(link.issuer, x509.SubjectKeyIdentifier)
    except InputError:  # which the issuer itself is told of
        return Unjudged("the one above cannot be read")
    if wanted is None or wanted.key_identifier is None or there is None:
        return None
    if wanted.key_identifier == there.digest:
        return None
    return link.finding(
        f"its authority key identifier is not that of {named(link.issuer)}",
        "the CA may have several certificates of that name: give the one with that identifier",
    )


_MIN_RSA: Final = 2048
_MIN_CURVE: Final = 224
# Whose size is what it is: 128 bits of security or more.
_FIXED: Final = (Ed25519PublicKey, Ed448PublicKey, X25519PublicKey, X448PublicKey)


@rule(
    "chain-key",
    ERROR,
    "every key is RSA of 2,048 bits, on a curve of 224, or better",
    "NIST SP 800-131A Rev. 2 section 3 (112 bits of security); FIPS 186-5 (DSA)",
    NEEDS,
)
def key(link: Link) -> Outcome:
    """A chain is as strong as its weakest key, the trusted one included.

    DSA keys, and those of a kind or on a curve that is not known here, are
    refused whatever their size. Have the certificate issued anew, for an RSA key
    of 2,048 bits or more, or one on P-256.
    """
    fault = _key_fault(link)
    return None if fault is None else link.finding(fault, "have it issued anew for another key")


def _key_fault(link: Link) -> str | None:
    try:
        found = any_public_key(link.certificate)
    except UnsupportedError:
        return "its key is of a kind, or on a curve, that is not known here"
    match found:
        case RSAPublicKey():
            return f"its RSA key has {found.key_size:,} bits" if found.key_size < _MIN_RSA else None
        case EllipticCurvePublicKey():
            size = found.curve.key_size
            return f"its key is on a curve of {size} bits ({found.curve.name})" if size < _MIN_CURVE else None
        case DSAPublicKey():
            return "its key is one for DSA, which is withdrawn"
        case _:
            return None if isinstance(found, _FIXED) else "its key is of a kind that is not known here"


@rule(
    "chain-validity",
    ERROR,
    "every certificate is valid at that time",
    "RFC 5280 sections 4.1.2.5 and 6.1.3 (a)(2)",
    NEEDS,
)
def validity(link: Link) -> Outcome:
    """The time is within the validity of every certificate, that of the trusted one too.

    Renew what has expired. An expired CA often has a successor of the same name
    and key, which takes its place.
    """
    now = link.at.replace(microsecond=0)
    first, last = not_before(link.certificate), not_after(link.certificate)
    if now < first:
        ahead = duration((first - now).total_seconds())
        return link.finding(
            f"not valid before {rfc3339(first)}, {ahead} later", "wait until then, or check the clock"
        )
    if now > last:
        past = duration((now - last).total_seconds())
        hint = "have a new one issued" if link.position == 0 else "give the CA's newer certificate"
        return link.finding(f"expired {rfc3339(last)}, {past} earlier", hint)
    return None


_NO_CA: Final = "this certificate may not issue any: is the file that of a CA?"


@rule(
    "chain-ca",
    ERROR,
    "every issuer is a CA",
    "RFC 5280 sections 4.2.1.9 and 6.1.4 (k)",
    NEEDS,
)
def authority(link: Link) -> Outcome:
    """What issues a certificate has basic constraints that say that it is a CA.

    Otherwise anybody with a certificate could issue another in any name. A root
    of version 1, which has no extensions, is a CA if it is trusted as one.
    """
    if link.position == 0:
        return None
    if link.is_anchor and link.certificate.version is x509.Version.v1:
        return None
    constraints = extension(link.certificate, x509.BasicConstraints)
    if constraints is None:
        return link.finding("it issued a certificate and has no basic constraints: it is no CA", _NO_CA)
    if not constraints.ca:
        return link.finding("it issued a certificate and says that it is no CA", _NO_CA)
    return None


@rule(
    "chain-usage",
    ERROR,
    "every CA may sign certificates",
    "RFC 5280 sections 4.2.1.3 and 6.1.4 (n)",
    NEEDS,
)
def usage(link: Link) -> Outcome:
    """The key usage of a CA, where it has one, holds keyCertSign.

    Without it the CA's key is for something else. Look for the certificate of
    the CA that is for issuing.
    """
    if link.position == 0:
        return None
    found = extension(link.certificate, x509.KeyUsage)
    if found is None or found.key_cert_sign:
        return None
    return link.finding("its key usage lacks keyCertSign", "give the CA's certificate for issuing")


@rule(
    "chain-extended-usage",
    WARNING,
    "every CA may issue for what the certificate is for",
    "RFC 5280 section 4.2.1.12 (inferred: OpenSSL and browsers apply a CA's to what it issues)",
    NEEDS,
)
def extended_usage(link: Link) -> Outcome:
    """Extended key usages of a CA limit those of the certificates below it.

    RFC 5280 does not say so, and verifiers do it: a certificate for clientAuth
    below a CA for serverAuth alone is refused by many.
    """
    allowed = extension(link.certificate, x509.ExtendedKeyUsage)
    if link.position == 0 or allowed is None or _ANY in allowed:
        return None
    try:
        wanted = extension(link.path.certificates[0], x509.ExtendedKeyUsage)
    except InputError:  # which the certificate itself is told of
        return _UNREADABLE
    if wanted is None:
        return None
    missing = [each for each in wanted if each not in allowed]
    if not missing:
        return None
    names = ", ".join(extended_key_usage_names(missing))
    return link.finding(
        f"it may not issue for {names}, which the certificate is for", "ask the CA for one of another issuer"
    )


_UNREADABLE: Final = Unjudged("what the certificate itself is for cannot be read")
_ANY: Final = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE


@rule(
    "chain-path-length",
    ERROR,
    "no CA has more CAs below it than it may",
    "RFC 5280 sections 4.2.1.9 and 6.1.4 (l) and (m)",
    NEEDS,
)
def path_length(link: Link) -> Outcome:
    """A CA may limit how many further CAs stand below it; the certificate itself does not count.

    Nor does a CA that issued itself a certificate for a new key. A CA below one
    with the length 0 was not meant to exist.
    """
    if link.position == 0:
        return None
    constraints = extension(link.certificate, x509.BasicConstraints)
    if constraints is None or constraints.path_length is None:
        return None
    below = sum(not is_self_issued(each) for each in link.path.certificates[1 : link.position])
    if below <= constraints.path_length:
        return None
    return link.finding(
        f"it allows {constraints.path_length} CAs below it, and there are {below}",
        "the CA's mistake: ask it which chain is meant",
    )


@rule(
    "chain-critical",
    ERROR,
    "no certificate has a critical extension that is not known",
    "RFC 5280 sections 4.2 and 6.1.4 (o)",
    NEEDS,
)
def critical(link: Link) -> Outcome:
    """A critical extension says: refuse me, if you do not know what this means.

    Every verifier does. Ask the CA for a certificate without it, or with it not
    marked as critical.
    """
    unknown = unknown_critical(extensions(link.certificate))
    if not unknown:
        return None
    listed = ", ".join(unknown[:5])
    return link.finding(f"a critical extension that is not known: {listed}", "ask the CA for one without it")


LINK_RULES: Final = (
    readable,
    signature_algorithm,
    signature,
    key_identifier,
    key,
    validity,
    authority,
    usage,
    extended_usage,
    path_length,
    critical,
)
