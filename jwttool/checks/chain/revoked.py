"""The rules about revocation, for each certificate of a chain (RFC 5280 section 6.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.certificates.access import issuer
from jwttool.checks.chain.view import READABLE
from jwttool.checks.rule import Outcome, Unjudged, rule
from jwttool.encoding import printable
from jwttool.report import Severity
from jwttool.times import rfc3339

if TYPE_CHECKING:
    from jwttool.certificates.revocation import Revocation, RevokedEntry
    from jwttool.checks.chain.view import Link

ERROR: Final = Severity.ERROR

PRESENT: Final = "chain-crl-present"
SCOPE: Final = "chain-crl-scope"
ALGORITHM: Final = "chain-crl-algorithm"
SIGNATURE: Final = "chain-crl-signature"
FRESH: Final = "chain-crl-fresh"
REVOKED: Final = "chain-revoked"
CRL_IDS: Final = frozenset({PRESENT, SCOPE, ALGORITHM, SIGNATURE, FRESH, REVOKED})

NONE_GIVEN: Final = Unjudged("no CRL was given: whether a certificate is revoked was not checked")
_NO_ISSUER: Final = Unjudged("the issuer is not there, whose CRL it would be")
_TOP: Final = Unjudged("what ends the chain is not looked up in a CRL")
_NONE_OF_ISSUER: Final = Unjudged("there is no CRL of its issuer")
_NONE_IN_SCOPE: Final = Unjudged(f"not judged, because {SCOPE} did not pass")
_NONE_SOUND: Final = Unjudged(f"not judged, because {ALGORITHM} did not pass")
_NONE_SIGNED: Final = Unjudged(f"not judged, because {SIGNATURE} did not pass")


def _lists(link: Link) -> Revocation | Unjudged:
    """The CRLs for one certificate, or why there are none to look at."""
    if not link.lists_given:
        return NONE_GIVEN
    if link.revocation is None:
        return _TOP if link.is_closed else _NO_ISSUER
    return link.revocation


def _lists_of_issuer(link: Link) -> Revocation | Unjudged:
    found = _lists(link)
    return found if isinstance(found, Unjudged) or found.named else _NONE_OF_ISSUER


def _covering(link: Link) -> Revocation | Unjudged:
    found = _lists_of_issuer(link)
    return found if isinstance(found, Unjudged) or found.covering else _NONE_IN_SCOPE


def _sound(link: Link) -> Revocation | Unjudged:
    found = _covering(link)
    return found if isinstance(found, Unjudged) or found.sound else _NONE_SOUND


def _signed(link: Link) -> Revocation | Unjudged:
    found = _sound(link)
    return found if isinstance(found, Unjudged) or found.signed else _NONE_SIGNED


@rule(PRESENT, ERROR, "there is a CRL of every issuer", "RFC 5280 section 6.3.3 (a)", (READABLE,))
def present(link: Link) -> Outcome:
    """Where CRLs are given, there is one of the issuer of the certificate.

    Without it nobody knows whether the certificate is revoked. For a CA above
    it a missing CRL is a warning. What is trusted needs none: whoever trusts it
    has to stop when it is revoked.
    """
    found = _lists(link)
    if isinstance(found, Unjudged):
        return found
    if found.named:
        return None
    return link.finding(
        f"no CRL of its issuer, {printable(issuer(link.certificate), 120)}, was given",
        "fetch it from the certificate's distribution point, and give it with --crl",
        None if link.position == 0 else Severity.WARNING,
    )


@rule(
    SCOPE,
    ERROR,
    "the CRLs cover the certificates",
    "RFC 5280 sections 5.2.4, 5.2.5 and 6.3.3 (b)",
    (READABLE,),
)
def scope(link: Link) -> Outcome:
    """The issuer's CRL is a complete one that covers this kind of certificate.

    Delta CRLs and indirect ones are not supported. A CA that divides its list
    names the right part in the certificate's distribution point: fetch that.
    """
    found = _lists_of_issuer(link)
    if isinstance(found, Unjudged):
        return found
    if found.covering:
        return None
    return link.finding(
        f"the CRL of its issuer is of no use: {found.why_not_covering}",
        "fetch the complete CRL from the certificate's distribution point",
    )


@rule(
    ALGORITHM,
    ERROR,
    "no CRL is signed with SHA-1, MD5 or what is not known",
    "RFC 6151 section 2 (MD5); NIST SP 800-131A Rev. 2 section 9 (SHA-1)",
    (READABLE,),
)
def algorithm(link: Link) -> Outcome:
    """The signature of the issuer's CRL is made with SHA-256 or better.

    With MD5 and SHA-1 somebody else can have another CRL with the same signature,
    which leaves out what was revoked. What such a CRL revokes counts all the same.
    """
    found = _covering(link)
    if isinstance(found, Unjudged):
        return found
    if found.sound:
        return None
    return link.finding(
        f"the CRL of its issuer does not count: it is {found.why_not_sound}",
        "ask the CA for one that is signed with SHA-256 or better",
    )


@rule(
    SIGNATURE, ERROR, "the CRLs are signed by the issuers", "RFC 5280 section 6.3.3 (f) and (g)", (READABLE,)
)
def signature(link: Link) -> Outcome:
    """The issuer's key, which its key usage allows that, signed the CRL.

    A CRL of the right name with another signature is another CA's, one of a
    former key, or a forgery.
    """
    found = _sound(link)
    if isinstance(found, Unjudged):
        return found
    if found.signed:
        return None
    return link.finding(
        f"the CRL of its issuer does not count: {found.why_not_signed}",
        "fetch the CRL from the certificate's distribution point again",
    )


@rule(FRESH, ERROR, "the CRLs are current", "RFC 5280 sections 5.1.2.4, 5.1.2.5 and 6.3.3", (READABLE,))
def fresh(link: Link) -> Outcome:
    """The time is between thisUpdate and nextUpdate of the CRL.

    After that a newer one exists, which may revoke the certificate: fetch it. A
    CRL from after the time that is judged does not count either.
    """
    found = _signed(link)
    if isinstance(found, Unjudged):
        return found
    if found.current:
        return None
    return link.finding(
        f"the CRL of its issuer {found.why_not_current}",
        "fetch the current CRL",
    )


@rule(
    REVOKED,
    ERROR,
    "no certificate is revoked",
    "RFC 5280 sections 5.3.2, 6.3.3 (i) and (j)",
    (READABLE,),
)
def revoked(link: Link) -> Outcome:
    """The certificate's serial number stands in no CRL of its issuer.

    A certificate on hold counts as revoked. A CRL that is stale counts too:
    what was revoked stays so. A certificate that was revoked only after the time
    that is judged was good until then, which is a warning; it is not if the CRL
    has an invalidity date, and the time is not before that. Have a new
    certificate issued, for a new key if the old one was lost.
    """
    found = _covering(link)
    if isinstance(found, Unjudged):
        return found
    if found.entry is not None:
        return _of_revoked(link, found.entry)
    return found if isinstance(found := _signed(link), Unjudged) else None


def _of_revoked(link: Link, entry: RevokedEntry) -> Outcome:
    reason = f" ({entry.reason})" if entry.reason else ""
    since, at = rfc3339(entry.since), rfc3339(link.at.replace(microsecond=0))
    if not entry.damaged and link.at < entry.counts_from:
        return link.finding(
            f"revoked{reason}, but only on {since}: later than {at}, which is judged",
            "do not rely on it for anything later",
            Severity.WARNING,
        )
    message = f"revoked since {since}{reason}"
    if entry.invalid_since is not None:
        message += f", and invalid since {rfc3339(entry.invalid_since)}"
    if link.at < entry.since:
        message += f"; judged is {at}"
    return link.finding(message, "have a new one issued; for a new key, if the old one was compromised")


REVOCATION_RULES: Final = (present, scope, algorithm, signature, fresh, revoked)
