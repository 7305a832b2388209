"""What a bank checks of any QWAC, before it looks whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.certificates import access
from jwttool.certificates.validity import refuse_outside_validity
from jwttool.checks.qwac.view import oddities
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.eidas.odd import CLIENT_AUTH, PSS, SERVER_AUTH
from jwttool.eidas.oids import PSD2_POLICY, WEB_POLICIES
from jwttool.errors import RefusedError
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.qwac.view import QwacView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

_ASK: Final = "have the trust service provider (QTSP) issue it again"
_QWAC: Final = "for the connection a bank wants the certificate for website authentication, the QWAC"


@rule("qwac-validity", ERROR, "the certificate is valid at that time", "RFC 5280 section 4.1.2.5")
def validity(view: QwacView) -> Outcome:
    """A certificate is good from its first to its last second; a bank's server refuses the handshake else.

    Have a new one issued in time, and register it where the bank keeps the old one.
    """
    described = view.description
    if described.not_before <= view.at <= described.not_after:
        return None
    try:
        refuse_outside_validity(described.certificate, view.at)
    except RefusedError as error:
        return Finding(error.message, error.hint, "validity")
    return None


@rule(
    "qwac-end-entity",
    ERROR,
    "it is not the certificate of an authority",
    "RFC 5280 section 4.2.1.9; ETSI EN 319 412-4 section 4.1",
)
def end_entity(view: QwacView) -> Outcome:
    """A certificate that issues others identifies its CA, and no payment service provider.

    Take the certificate that the CA issued to you; in a chain it stands first.
    """
    if not view.description.is_authority:
        return None
    return Finding("it is a CA's certificate", "name the one that the CA issued to you", "basicConstraints")


_STATEMENT_FAULTS: Final = frozenset(
    {
        "statements-critical",
        "statements-bare",
        "statements-damaged",
        "statements-empty",
        "statements-many",
        "statement-damaged",
        "statement-repeated",
        "statement-content",
    }
)


@rule(
    "qwac-statements",
    ERROR,
    "the QC statements have the form that the standard gives them",
    "RFC 3739 section 3.2.6; ETSI EN 319 412-5 section 4.1",
)
def statements(view: QwacView) -> Outcome:
    """What makes a certificate an eIDAS one stands in its QC statements, a list that is not critical.

    Where they are damaged, or have another form, one bank reads them and the next does not. Only the trust
    service provider can mend that: have the certificate issued again.
    """
    found = oddities(view, _STATEMENT_FAULTS, _ASK, "qcStatements")
    if found is not None or view.description.qc.statements:
        return found
    return Finding(
        "there are no QC statements: it is no eIDAS certificate",
        "name the QWAC that the trust service provider issued",
        "qcStatements",
    )


@rule(
    "qwac-compliance",
    ERROR,
    "QcCompliance says that it is qualified",
    "ETSI EN 319 412-5 section 4.2.1; Regulation (EU) 910/2014 annex IV (a)",
)
def compliance(view: QwacView) -> Outcome:
    """A qualified certificate says that it is one, in the statement QcCompliance.

    Without it, it is a plain TLS certificate. That the issuer may say so, only the EU's trusted lists show.
    """
    if view.description.qc.compliance:
        return None
    return Finding(
        "there is no QcCompliance statement: it does not claim to be qualified", _ASK, "qcStatements"
    )


@rule(
    "qwac-type",
    ERROR,
    "QcType is web, and nothing else",
    "ETSI EN 319 412-5 section 4.2.3; Delegated Regulation (EU) 2018/389 article 34",
)
def qc_type(view: QwacView) -> Outcome:
    """The statement QcType says what a certificate is qualified for: web, eseal or esign, one of them.

    A QSealC signs messages, a QWAC makes the connection; a bank takes neither for the other.
    """
    types = view.description.qc.types
    if types == ("web",):
        return None
    if not types:
        return Finding("there is no QcType statement: it does not say what it is for", _ASK, "qcStatements")
    named = ", ".join(types[:4])
    if len(types) > 1:
        return Finding(f"QcType names {len(types)} types: {named}", _ASK, "qcStatements")
    hint = f"this is a QSealC, which signs; {_QWAC}" if types == ("eseal",) else _QWAC
    return Finding(f"QcType is {named}", hint, "qcStatements")


@rule(
    "qwac-policies",
    WARNING,
    "the policies are those of a QWAC for PSD2",
    "ETSI EN 319 411-2 section 5.3; ETSI TS 119 495 section 6.1",
)
def policies(view: QwacView) -> Outcome:
    """The policies say by which rules it was issued: QEVCP-w, QNCP-w or QNCP-w-gen, and QCP-w-psd2 with it.

    A CA may have a number of its own for them, so that a stranger is only a warning.
    """
    held = {policy.oid for policy in view.description.policies}
    missing = [] if held & WEB_POLICIES else ["QEVCP-w, QNCP-w or QNCP-w-gen"]
    if PSD2_POLICY not in held:
        missing.append("QCP-w-psd2")
    if not missing:
        return None
    return Finding(
        f"the policies lack {' and '.join(missing)}",
        "ask the trust service provider under which policy it issued the certificate",
        "certificatePolicies",
    )


@rule(
    "qwac-key-usage",
    ERROR,
    "the key may sign, as a TLS handshake needs",
    "RFC 5280 section 4.2.1.3; RFC 8446 section 4.4.2.2",
)
def key_usage(view: QwacView) -> Outcome:
    """In TLS the key signs the handshake, for which the usage digitalSignature has to be set."""
    usages = view.description.key_usage
    if usages is None or "digitalSignature" in usages:
        return None
    named = ", ".join(usages) or "nothing"
    return Finding(f"the key usages lack digitalSignature; there is {named}", _ASK, "keyUsage")


@rule(
    "qwac-ca-usage",
    ERROR,
    "the key may sign neither certificates nor CRLs",
    "RFC 5280 sections 4.2.1.3 and 4.2.1.9",
)
def ca_usage(view: QwacView) -> Outcome:
    """The usages keyCertSign and cRLSign are a CA's, and its certificate has to say that it is one.

    Servers refuse a certificate that has them and is no CA's.
    """
    return oddities(view, ("ca-usage",), _ASK, "keyUsage")


@rule(
    "qwac-critical",
    ERROR,
    "it has no critical extension that is not known",
    "RFC 5280 sections 4.2 and 6.1.4 (o)",
)
def critical(view: QwacView) -> Outcome:
    """A critical extension says: refuse me, if you do not know what this means. Every TLS server does.

    Ask for a certificate without it, or with it not marked as critical.
    """
    return oddities(view, ("critical-unknown",), _ASK, "extensions")


_EKU: Final = "extKeyUsage"
_NO_RESTRICTION: Final = Finding("there is no list of extended key usages", _ASK, _EKU, severity=WARNING)


@rule(
    "qwac-client-auth",
    ERROR,
    "it may be used by a TLS client",
    "ETSI TS 119 495 section 5.3; RFC 5280 section 4.2.1.12",
)
def client_auth(view: QwacView) -> Outcome:
    """To a bank the QWAC is a client's certificate, so the extended usages have to have clientAuth.

    The root programmes of browsers forbid it since 2026, and some CAs leave it out by default: a QWAC for
    PSD2 keeps both usages. Ask the trust service provider for such a one.
    """
    usages = view.description.extended_key_usage
    if usages is None:
        return _NO_RESTRICTION
    if CLIENT_AUTH in usages:
        return None
    return Finding(
        "the extended key usages lack clientAuth: the bank's server will refuse the connection",
        "ask for a QWAC for PSD2, which has clientAuth beside serverAuth",
        _EKU,
    )


@rule(
    "qwac-server-auth",
    ERROR,
    "it may be used by a TLS server",
    "ETSI EN 319 412-4 section 4; CA/Browser Forum Baseline Requirements section 7.1.2.7.10",
)
def server_auth(view: QwacView) -> Outcome:
    """A QWAC is a certificate for website authentication, so that it has serverAuth as well."""
    usages = view.description.extended_key_usage
    if usages is None:
        return _NO_RESTRICTION
    if SERVER_AUTH in usages:
        return None
    return Finding("the extended key usages lack serverAuth", _ASK, _EKU)


_RSA_BITS: Final = 2048
_CURVES: Final = frozenset({"P-256", "P-384", "P-521"})
_NEW_KEY: Final = "make a new key with `jwttool key generate`, and have a certificate issued for it"


@rule(
    "qwac-key",
    ERROR,
    "the key is RSA of at least 2048 bits, or EC on P-256, P-384 or P-521",
    "ETSI TS 119 312 section 6; NIST SP 800-131A",
)
def key(view: QwacView) -> Outcome:
    """Shorter keys are within reach of those who can afford it; others are no use in TLS with a bank."""
    held = view.description.key
    if held is None:
        return Finding("the key is of a kind that is not known here", _NEW_KEY, "subjectPublicKeyInfo")
    if held.type == "RSA":
        strong = held.size is not None and held.size >= _RSA_BITS
        return None if strong else Finding(f"the key is {held}", _NEW_KEY, "subjectPublicKeyInfo")
    if held.type == "EC" and held.curve in _CURVES:
        return None
    mild = held.type == "EC" and (held.size or 0) >= 256
    return Finding(
        f"the key is {held}, which few servers take" if mild else f"the key is {held}",
        _NEW_KEY,
        "subjectPublicKeyInfo",
        severity=WARNING if mild else None,
    )


_WEAK_HASHES: Final = ("md2", "md4", "md5", "sha1")


@rule(
    "qwac-signature-algorithm",
    ERROR,
    "it is signed with an algorithm that is still safe, and that all banks take",
    "ETSI TS 119 312 section 7; CA/Browser Forum Baseline Requirements section 7.1.3.2",
)
def signature_algorithm(view: QwacView) -> Outcome:
    """Signatures with MD5 and SHA-1 can be forged, and nobody accepts them any more.

    RSASSA-PSS is as good as any, and yet some banks are reported to refuse certificates that are signed so
    (inferred): that is a warning.
    """
    name = view.description.signature_algorithm
    folded = name.lower().replace("-", "")
    if folded.startswith(_WEAK_HASHES) or folded.endswith(_WEAK_HASHES) or _weak_pss(view, name):
        return Finding(f"it is signed with {name}, which can be forged", _ASK, "signatureAlgorithm")
    if name == PSS:
        return Finding(
            "it is signed with RSASSA-PSS, which some banks refuse (inferred)",
            "ask the bank, or have the certificate signed with sha256WithRSAEncryption",
            "signatureAlgorithm",
            severity=WARNING,
        )
    return None


def _weak_pss(view: QwacView, name: str) -> bool:
    """Whether it is RSASSA-PSS over a hash that is broken; the hash stands in the parameters."""
    if name != PSS:
        return False
    certificate = view.description.certificate
    used = access.guarded(lambda: certificate.signature_hash_algorithm, "the signature algorithm")
    return used is not None and used.name in _WEAK_HASHES


@rule(
    "qwac-subject",
    ERROR,
    "the subject has country, organization, organizationIdentifier and name",
    "ETSI EN 319 412-3 section 4.2.1; ETSI TS 119 495 section 5.3",
)
def subject(view: QwacView) -> Outcome:
    """The subject of a legal person has one C, O, organizationIdentifier and CN; the identifier is no name.

    C is a code of two capital letters (ISO 3166-1), not a country's name.
    """
    described = view.description
    identifier = described.organization_identifier
    parts = {
        "C": described.country,
        "O": described.organization,
        "organizationIdentifier": None if identifier is None else identifier.value,
        "CN": described.common_name,
    }
    # One of blanks alone says nothing.
    missing = [name for name, value in parts.items() if value is None or not value.strip()]
    if missing:
        return Finding(f"the subject lacks {', '.join(missing)}", _ASK, "subject")
    faults = ("country-code", "identifier-is-name", "identifier-repeated", "subject-repeated")
    return oddities(view, faults, _ASK, "subject")


_REMARKS: Final = frozenset(
    {
        "statement-unknown",
        "qc-type-unknown",
        "pds-missing",
        "pds-form",
        "device-in-web",
        "legislation",
        "country-differs",
        "identifier-obie",
        "role-unknown",
    }
)


@rule(
    "qwac-remarks",
    WARNING,
    "nothing else about it is odd",
    "ETSI EN 319 412-5 section 4; ETSI TS 119 495 section 5",
)
def remarks(view: QwacView) -> Outcome:
    """What is unusual without being against a standard may still trip up a program at a bank.

    Statements and roles that are not registered, a country that differs, and the like. `jwttool qwac show`
    lists them one by one.
    """
    return oddities(view, _REMARKS, "look at `jwttool qwac show`, and ask the trust service provider")
