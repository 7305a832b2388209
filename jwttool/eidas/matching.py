"""Whether a client_id belongs to a certificate, directly or indirectly.

STET's banks compare the authorization number in the certificate with the
client_id, "directly or indirectly", and leave open what that is. The verdicts
here are what banks are known to accept, from the surest to the loosest, and
none is ever passed off as a surer one. Everything is compared character by
character; what is not printable ASCII matches nothing, so that no look-alike
and no control character can make two different texts the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from jwttool.eidas.mapping import Declares, is_client_id
from jwttool.eidas.organization_identifier import PSD
from jwttool.eidas.showing import quoted

if TYPE_CHECKING:
    from jwttool.eidas.describe import QwacDescription
    from jwttool.eidas.mapping import ClientMapping, Declaration
    from jwttool.eidas.organization_identifier import OrganizationIdentifier

MAX_CLIENT_ID: Final = 1024
"""Characters; OAuth has no limit, and no system hands out anything near."""

_AGENT: Final = "AGT"
# What may follow the TPP's own identifier in an agent's: further digits, then an end or a boundary.
_AGENT_SUFFIX: Final = re.compile(r"[0-9]*+(?:[^A-Za-z0-9].*)?", re.DOTALL)


class Verdict(StrEnum):
    """How a client_id and a certificate belong together."""

    EXACT = "exact"
    """It is the whole organizationIdentifier, or the authorization number in it."""
    NORMALIZED = "normalized"
    """The same, once spaces around it and upper and lower case are left aside."""
    EMBEDDED = "embedded"
    """The whole organizationIdentifier stands in it, between boundaries."""
    DECLARED = "declared"
    """The caller's mapping names this certificate."""
    AGENT = "agent"
    """It is the identifier of an agent under the certificate's holder."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict, why (both values, safe to show), and the client_ids that would match.

    ``contradicted``: the mapping ties the client_id to another certificate.
    ``declarable``: whether a mapping could hold the client_id at all.
    """

    verdict: Verdict
    message: str
    would_match: tuple[str, ...] = ()
    contradicted: bool = False
    declarable: bool = True


def match_client_id(
    client_id: str, description: QwacDescription, mapping: ClientMapping | None = None
) -> Match:
    """The surest verdict that holds.

    What is declared of a client_id decides alone: a declaration that names
    another certificate is a mismatch, however alike the texts are.
    """
    identifier = _usable(description.organization_identifier)
    exact = _exact_matches(identifier)
    would = exact if mapping is None else _agreeing(exact, description, mapping)
    fault = _fault(client_id)
    if fault is not None:
        wanted = _with_declared(would, description, mapping)
        return Match(Verdict.NONE, fault, wanted, declarable=False)
    declared = None if mapping is None else mapping.get(client_id)
    if declared is not None and not _holds(declared, description):
        wanted = _with_declared(would, description, mapping)
        return Match(
            Verdict.NONE, _contradiction(client_id, declared, description), wanted, contradicted=True
        )
    if client_id in exact:
        what = "the organizationIdentifier" if client_id == exact[0] else "the authorization number"
        return Match(Verdict.EXACT, f"the client_id is {what} of the certificate", would)
    if declared is not None:
        what = declared.kind.replace("_", " ")
        message = f"the mapping ties the client_id {quoted(client_id)} to this certificate, by its {what}"
        return Match(Verdict.DECLARED, message, would)
    if identifier is not None and (found := _indirect(client_id, identifier, would)) is not None:
        return found
    wanted = _with_declared(would, description, mapping)
    return Match(Verdict.NONE, _mismatch(client_id, description), wanted)


def _fault(client_id: str) -> str | None:
    """Why a text can be nobody's client_id."""
    if not client_id:
        return "the client_id is empty"
    if len(client_id) > MAX_CLIENT_ID:
        return f"the client_id has {len(client_id):,} characters; {MAX_CLIENT_ID:,} is the limit"
    if not is_client_id(client_id):
        foreign = next(character for character in client_id if not is_client_id(character))
        return (
            f"the client_id {quoted(client_id)} has a character that is not printable ASCII "
            f"(U+{ord(foreign):04X}), and so matches nothing"
        )
    return None


# --- what the certificate offers ----------------------------------------------


def _usable(identifier: OrganizationIdentifier | None) -> OrganizationIdentifier | None:
    """The identifier, unless it has nothing that a client_id could be compared with."""
    if identifier is None or not is_client_id(identifier.value) or not identifier.value.strip(" "):
        return None
    return None if identifier.has("identifier-length") else identifier


def _exact_matches(identifier: OrganizationIdentifier | None) -> tuple[str, ...]:
    """The identifier, and the number where it is an authorization number and surely is the number.

    A number of another scheme (NTR, VAT) is of another register, and no
    authority's; one out of an odd identifier may be cut in the wrong place.
    """
    if identifier is None:
        return ()
    if identifier.scheme == PSD and identifier.number is not None and not identifier.anomalies:
        return (identifier.value, identifier.number)
    return (identifier.value,)


def _agreeing(
    exact: tuple[str, ...], description: QwacDescription, mapping: ClientMapping
) -> tuple[str, ...]:
    """Without those that the mapping gives to another certificate."""
    declared = {each: mapping.get(each) for each in exact}
    return tuple(each for each, entry in declared.items() if entry is None or _holds(entry, description))


def _with_declared(
    would: tuple[str, ...], description: QwacDescription, mapping: ClientMapping | None
) -> tuple[str, ...]:
    """And those that the mapping ties to this certificate."""
    if mapping is None:
        return would
    ours = (each for each, declared in mapping.entries.items() if _holds(declared, description))
    return tuple(dict.fromkeys((*would, *ours)))


# --- indirectly ---------------------------------------------------------------


def _indirect(client_id: str, identifier: OrganizationIdentifier, would: tuple[str, ...]) -> Match | None:
    both = f"the client_id is {quoted(client_id)}, the certificate holds {quoted(identifier.value)}"
    normalized = _normalized(client_id, identifier)
    if normalized is not None:
        return Match(Verdict.NORMALIZED, f"{both}{normalized}", would)
    # What has none of the forms may be a bare number, or a word that stands anywhere by chance.
    if identifier.scheme is None or identifier.number is None:
        return None
    if _is_embedded(client_id, identifier.value.strip(" ")):
        return Match(Verdict.EMBEDDED, f"{both}, which stands in it", would)
    agent = _agent(client_id, identifier)
    return None if agent is None else Match(Verdict.AGENT, f"{both}: {agent}", would)


# What is left aside: white space around, and upper and lower case. Nothing that was read from another form.
_ASIDE: Final = frozenset({"identifier-spaces", "identifier-case"})


def _normalized(client_id: str, identifier: OrganizationIdentifier) -> str | None:
    """How the two are alike once spaces around them and case are left aside; None when they are not."""
    folded = _folded(client_id)
    if folded == _folded(identifier.value):
        return f": alike but for {_differing(client_id, identifier.value)}"
    number, odd = _certain_number(identifier), {anomaly.id for anomaly in identifier.anomalies}
    if number is None or folded != _folded(number):
        return None
    if client_id == number:  # the identifier around it is what differs from its form
        what = _WORDS["identifier-spaces" in odd, "identifier-case" in odd]
        return f", whose number it is, but for {what} of the identifier"
    return f", whose number is alike but for {_differing(client_id, number)}"


def _certain_number(identifier: OrganizationIdentifier) -> str | None:
    """The authorization number, where nothing else than spaces or case is odd about the identifier."""
    odd = {anomaly.id for anomaly in identifier.anomalies}
    return identifier.number if identifier.scheme == PSD and odd <= _ASIDE else None


_WORDS: Final = {
    (True, True): "spaces and upper and lower case",
    (True, False): "spaces",
    (False, True): "upper and lower case",
}


def _differing(one: str, other: str) -> str:
    """What two texts differ in that are the same when folded, and not before."""
    return _WORDS[one.lower() != other.lower(), one.strip(" ") != other.strip(" ")]


def _folded(text: str) -> str:
    # Both sides are ASCII, where case has no surprises.
    return text.strip(" ").lower()


def _is_embedded(client_id: str, value: str) -> bool:
    """Whether it stands there whole: before it no letter, after it neither letter nor digit."""
    start = client_id.find(value)
    while start >= 0:
        before, after = client_id[:start][-1:], client_id[start + len(value) :][:1]
        if not before.isalpha() and not after.isalnum():
            return True
        start = client_id.find(value, start + 1)
    return False


def _agent(client_id: str, identifier: OrganizationIdentifier) -> str | None:
    """What may be said of AGT with the holder's country, authority and number, and what may follow.

    Nothing parts the number from digits that follow it, so that they may as
    well belong to a longer number of somebody else.
    """
    if identifier.scheme != PSD or identifier.anomalies:
        return None
    prefix = _AGENT + identifier.value.removeprefix(PSD)
    if not client_id.startswith(prefix) or _AGENT_SUFFIX.fullmatch(client_id, len(prefix)) is None:
        return None
    if client_id[len(prefix) :][:1].isdigit():
        return "it may be the id of an agent under that holder, or under one whose number only begins so"
    return "it may be the id of an agent under that holder"


# --- declared -----------------------------------------------------------------


def _holds(declared: Declaration, description: QwacDescription) -> bool:
    """Whether the certificate is the one that is declared."""
    match declared.kind:
        case Declares.ORGANIZATION_IDENTIFIER:
            identifier = description.organization_identifier
            return identifier is not None and identifier.value == declared.value
        case Declares.CERTIFICATE_SHA256:
            return _sha256(description) == declared.value
        case Declares.SUBJECT:
            return _is_subject(declared.value, description)


def _sha256(description: QwacDescription) -> str:
    from cryptography.hazmat.primitives.hashes import SHA256

    return description.certificate.fingerprint(SHA256()).hex()


def _is_subject(text: str, description: QwacDescription) -> bool:
    """Whether a text is the subject: as we write it, or as a name that is equal to it (RFC 4514)."""
    if text == description.subject:
        return True
    from jwttool.certificates.access import subject_name
    from jwttool.csr.subject import parse_subject
    from jwttool.errors import MalformedError

    try:
        return parse_subject(text) == subject_name(description.certificate)
    except MalformedError:
        return False


# --- in words -----------------------------------------------------------------


def _mismatch(client_id: str, description: QwacDescription) -> str:
    held = description.organization_identifier
    if held is None:
        return f"the client_id is {quoted(client_id)}, and the certificate has no organizationIdentifier"
    message = f"the client_id is {quoted(client_id)}, the certificate holds {quoted(held.value)}"
    if _usable(held) is None:
        return f"{message}, which cannot be compared with anything"
    if held.number is not None and _folded(client_id) == _folded(held.number):
        return f"{message}, and {_why_not_the_number(held)}"
    return message


def _why_not_the_number(identifier: OrganizationIdentifier) -> str:
    """Why a client_id that looks like the number of an identifier matches no more than a stranger."""
    if identifier.scheme != PSD:
        return f"a number of {identifier.scheme} is no authorization number: only the whole of it matches"
    why = next(anomaly.message for anomaly in identifier.anomalies if anomaly.id not in _ASIDE)
    return f"the number in an odd identifier is not certain ({why}): only the whole of it matches"


def _contradiction(client_id: str, declared: Declaration, description: QwacDescription) -> str:
    what = declared.kind.replace("_", " ")
    wanted, held = quoted(declared.value), _held(declared.kind, description)
    return f"the mapping declares for {quoted(client_id)} the {what} {wanted}, the certificate has {held}"


def _held(kind: Declares, description: QwacDescription) -> str:
    """What the certificate has of the kind that an entry names."""
    match kind:
        case Declares.ORGANIZATION_IDENTIFIER:
            identifier = description.organization_identifier
            return "none" if identifier is None else quoted(identifier.value)
        case Declares.CERTIFICATE_SHA256:
            return quoted(_sha256(description))
        case Declares.SUBJECT:
            return quoted(description.subject)
