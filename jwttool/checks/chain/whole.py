"""The rules about a chain as a whole: where it ends, and what OpenSSL says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.certificates.access import issuer
from jwttool.certificates.paths import MAX_LENGTH, End, is_self_signed, issuer_hints
from jwttool.certificates.policies import disagreement
from jwttool.certificates.store import ask_openssl
from jwttool.checks.chain.revoked import CRL_IDS, NONE_GIVEN
from jwttool.checks.chain.view import READABLE, named, place
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.encoding import printable
from jwttool.errors import InputError
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.chain.view import ChainView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

COMPLETE: Final = "chain-complete"
TRUSTED: Final = "chain-trusted"


# --- where it ends ------------------------------------------------------------


@rule(COMPLETE, ERROR, "the chain leads up without a gap", "RFC 5280 section 6.1 (a)")
def complete(view: ChainView) -> Outcome:
    """Every certificate's issuer is there: among the intermediates, or what is trusted.

    A server or a signer has to hand out its intermediates. One that is missing
    can be had from the CA, often at the address in the certificate; jwttool
    fetches nothing by itself.
    """
    position = len(view.path.certificates) - 1
    match view.path.end:
        case End.TRUSTED | End.SELF_SIGNED:
            return None
        case End.NO_ISSUER:
            message, hint = _missing(view)
        case End.CIRCLE:
            message, hint = "the CAs above it issued only one another", "get the root that one of them has"
        case End.TOO_LONG:
            message, hint = (
                f"more than {MAX_LENGTH} certificates in a row",
                "give only the CAs that are meant",
            )
        case _:  # GAVE_UP
            message = "the search for its issuer was given up: too many certificates may be it"
            hint = "give only the CAs that are meant"
    return Finding(f"{named(view.path.top)}: {message}", hint, place(position))


def _missing(view: ChainView) -> tuple[str, str]:
    try:
        wanted = printable(issuer(view.path.top), 120)
    except InputError:
        wanted = "whose name cannot be read"
    message = f"its issuer is neither trusted nor among the intermediates: {wanted}"
    addresses = issuer_hints(view.path.top)
    if addresses:
        return message, f"fetch it from {printable(addresses[0], 200)} and give it with --intermediates"
    return message, "get it from the CA, and give it with --intermediates"


@rule(TRUSTED, ERROR, "the chain ends in what is trusted", "RFC 5280 section 6.1.1 (d)", (COMPLETE,))
def trusted(view: ChainView) -> Outcome:
    """The topmost certificate is one of those that the caller trusts, byte by byte.

    Any certificate can be trusted, an intermediate one too: then nothing above
    it is looked at. Trust a root only if you have it from a place that you
    trust: whoever can put one there can issue anything.
    """
    top, alone = view.path.top, len(view.path.certificates) == 1
    if view.path.end is End.TRUSTED:
        if alone and not is_self_signed(top):
            return Finding(
                f"{named(top)}: it is itself in the trust bundle, so no CA was looked at",
                "trust its CA instead, if the chain is to be judged",
                place(0),
                Severity.WARNING,
            )
        return None
    what = "it is signed by itself" if alone else "this root is there"
    return Finding(
        f"{named(top)}: {what}, and it is not in the trust bundle",
        "if you have it from its owner, add it to the bundle; else get one from a CA that is trusted",
        place(len(view.path.certificates) - 1),
    )


@rule(
    "chain-search",
    WARNING,
    "no bound kept the search from a better chain",
    "RFC 4158 section 2.4.2 (a search for paths has to end)",
)
def search(view: ChainView) -> Outcome:
    """The bounds of the search were met before a chain without a fault was found.

    A chain of the same certificates that holds may not have been looked at, and
    the faults that are told may not be the reason that matters. Give only the
    certificates that are meant.
    """
    if not view.given_up:
        return None
    return Finding(
        f"the search was given up, and there may be a better chain: {'; '.join(view.given_up)}",
        "give only the CAs that are meant, and trust only their roots",
    )


_SHOWN: Final = 3


@rule(
    "chain-crl-used",
    WARNING,
    "every CRL that was given counts for a certificate",
    "RFC 5280 section 6.3.3 (b), (f) and (g)",
)
def crl_used(view: ChainView) -> Outcome:
    """Each CRL is of a CA of the chain, covers what that issued, and is signed by it.

    One that counts for nothing was fetched from the wrong place, is one of a
    former key, or a forgery; nothing in it was looked at.
    """
    if view.unused is None:
        return NONE_GIVEN
    if not view.unused:
        return None
    more = len(view.unused) - _SHOWN
    listed = "; ".join(view.unused[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
    return Finding(
        f"CRLs that count for nothing here: {listed}",
        "fetch them from the distribution points of the chain's certificates; leave out what is of others",
    )


# --- what only OpenSSL judges -------------------------------------------------

# OpenSSL's numbers (X509_verify_cert_error_string(3)) and the rules that tell of the same.
_NAMES: Final = frozenset({47, 48, 49, 51, 52, 53})
_NO_ISSUER: Final = (2, 18, 19, 20, 21, 29, 30, 31, 32)
# What keeps OpenSSL from taking the next certificate for the issuer.
_LINKING: Final = frozenset(
    {
        "chain-signature",
        "chain-key-identifier",
        "chain-ca",
        "chain-usage",
        "chain-signature-algorithm",
        "chain-key",
    }
)
_TOLD_BY: Final[dict[int, frozenset[str]]] = {
    **dict.fromkeys(_NO_ISSUER, _LINKING),
    **dict.fromkeys((4, 6, 7), _LINKING),
    **dict.fromkeys((9, 10, 13, 14), frozenset({"chain-validity"})),
    **dict.fromkeys((24, 26, 37, 79), _LINKING),
    25: frozenset({"chain-path-length"}),
    34: frozenset({"chain-critical"}),
    **dict.fromkeys((3, 5, 8, 11, 12, 15, 16, 23, 33, 35, 36, 44, 54), CRL_IDS),
    **dict.fromkeys(_NAMES, frozenset({"chain-name-constraints"})),
}


@rule(
    "chain-name-constraints",
    ERROR,
    "every certificate has a name that the CAs above it may issue for",
    "RFC 5280 sections 4.2.1.10 and 6.1.3 (b) and (c)",
    (COMPLETE, READABLE),
)
def name_constraints(view: ChainView) -> Outcome:
    """A CA may be limited to some domains, addresses or subjects; OpenSSL compares.

    A name that is outside of what is permitted, or inside of what is excluded,
    makes the certificate worthless. Get one from a CA that may issue for that name.
    """
    certificates = view.path.certificates
    # Whether the top is trusted, and the time, are left out. Each certificate is looked at
    # as if it were the lowest, from the top down, so that the highest at fault is named.
    for start in range(len(certificates) - 1, -1, -1):
        refusal = ask_openssl(certificates[start:], at=None, critical=False)
        if refusal is None:
            continue
        position = start + refusal.position
        said = f"{named(certificates[position])}: {refusal.message}"
        if refusal.code in _NAMES:
            hint = "a CA above may not issue for a name of this certificate: get one from another CA"
            return Finding(said, hint, place(position))
        return Unjudged(f"OpenSSL comes no further than {said}")
    return None


@rule(
    "chain-policy",
    ERROR,
    "the certificate policies agree where a CA demands it",
    "RFC 5280 sections 4.2.1.11 and 6.1.3 (d) to (f)",
    (COMPLETE, READABLE),
)
def policy(view: ChainView) -> Outcome:
    """Policy constraints of a CA can demand that all below it share a certificate policy.

    Where none is shared, the certificate was not meant for this chain; ask the
    CA. Policy mappings, with which one policy stands for another, are not followed.
    """
    certificates = view.path.certificates
    found = disagreement(certificates)
    if found is None:
        return None
    position, why = found
    return Finding(
        f"{named(certificates[position])}: {why}", "ask the CA which chain is meant", place(position)
    )


@rule(
    "chain-verified",
    ERROR,
    "OpenSSL verifies the chain",
    "X509_verify_cert(3) of OpenSSL; RFC 5280 section 6",
    (COMPLETE, TRUSTED, READABLE),
)
def verified(view: ChainView) -> Outcome:
    """A second opinion on all of it: OpenSSL's, at that time and with those CRLs.

    It fails where OpenSSL finds a fault that no other rule tells of. Where others
    have failed, what they tell of is left out as far as OpenSSL can.
    """
    certificates, failed = view.path.certificates, view.failed
    at = None if "chain-validity" in failed else view.at
    for start in range(max(1, len(certificates) - 1)):
        refusal = ask_openssl(
            certificates[start:],
            at=at,
            revocations=view.lists[start] if view.lists and not failed & CRL_IDS else (),
            critical="chain-critical" not in failed,
        )
        if refusal is None:
            continue
        position = start + refusal.position
        said = f"{named(certificates[position])}: {refusal.message}"
        if _TOLD_BY.get(refusal.code, frozenset()) & failed:
            return Unjudged(f"OpenSSL stops at what is told above: {said}")
        return Finding(
            f"OpenSSL refuses it: {said}",
            "ask its CA; `openssl x509 -text -in FILE` shows what is in it",
            place(position),
        )
    return Unjudged("OpenSSL finds nothing beyond what is told above") if failed else None


BEGINNING_RULES: Final = (complete, trusted)
BOUNDS_RULE: Final = search
UNUSED_RULE: Final = crl_used
END_RULES: Final = (name_constraints, policy, verified)
