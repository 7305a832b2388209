"""What a bank checks of the PSD2 statement and the organizationIdentifier: who it is, and what it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.qwac.view import PSD2, oddities
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.eidas.authorities import AS_OF, AUTHORITIES, SOURCE, authorities_of
from jwttool.eidas.odd import same_authority
from jwttool.eidas.organization_identifier import PSD
from jwttool.eidas.roles import BY_OID, NOT_APPLICABLE, UNSPECIFIED
from jwttool.eidas.showing import quoted
from jwttool.encoding import printable
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.qwac.view import QwacView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

_ASK: Final = "have the trust service provider (QTSP) issue it again"
_STRICT: Final = f"some banks take it and others, German, Austrian and French ones above all, do not; {_ASK}"
_STATEMENT: Final = "qcStatements.psd2"
_SUBJECT: Final = "subject.organizationIdentifier"


@rule(
    PSD2,
    ERROR,
    "the PSD2 statement is there",
    "ETSI TS 119 495 section 5.1; Delegated Regulation (EU) 2018/389 article 34 (3)",
)
def statement(view: QwacView) -> Outcome:
    """Roles and authority stand in a QC statement of their own; a certificate without it is none for PSD2.

    Ask the trust service provider for a PSD2 certificate; it looks your authorization up in the register.
    """
    if view.description.psd2 is not None:
        return None
    damaged = oddities(view, ("psd2-damaged",), _ASK, _STATEMENT)
    if damaged is not None:
        return damaged
    return Finding("there is no PSD2 statement", "ask for a certificate for PSD2", _STATEMENT)


_FORM_FAULTS: Final = frozenset(
    {
        "psd2-damaged",
        "psd2-string-type",
        "psd2-text-length",
        "roles-empty",
        "roles-flattened",
        "roles-many",
        "roles-unspecified",
        "roles-without-authority",
        "role-damaged",
        "role-name",
        "role-mismatch",
    }
)


@rule(
    "qwac-psd2-form",
    ERROR,
    "the PSD2 statement has the form that the standard gives it",
    "ETSI TS 119 495 sections 5.1 and 5.2.2, annex A",
    needs=(PSD2,),
)
def form(view: QwacView) -> Outcome:
    """Each role has its own OID and its own name, which belong together; texts are UTF8Strings.

    Unspecified stands alone, and so does PSP_PA: there is room for one authority, and it has none.
    Other forms have been issued, and work in a test and fail at some banks.
    """
    return oddities(view, _FORM_FAULTS, _STRICT, _STATEMENT)


@rule(
    "qwac-roles",
    ERROR,
    "the roles cover what is asked for",
    "ETSI TS 119 495 section 5.2.2; Delegated Regulation (EU) 2018/389 article 34 (3)",
    needs=(PSD2,),
)
def roles(view: QwacView) -> Outcome:
    """A bank opens to each role only what is the role's: accounts to PSP_AI, payments to PSP_PI.

    The OID counts, not the name beside it. A role is added by the authority, and then by a new certificate.
    Unspecified, or what is not registered, opens nothing: that is a warning, unless it is what is asked for.
    """
    held = view.description.psd2
    if held is None:
        return Unjudged("there is no PSD2 statement")
    oids = {role.oid for role in held.roles}
    named = ", ".join(printable(name, 40) for name in held.role_names[:9]) or "none"
    missing = [role.name for role in view.roles if role.oid not in oids]
    if missing:
        return Finding(
            f"the certificate lacks the role {', '.join(missing)}; it has {named}",
            "have the authority grant the role, and a new certificate issued",
            _STATEMENT,
        )
    if not oids:
        return Finding("the certificate has no role", _ASK, _STATEMENT)
    if view.roles or oids & BY_OID.keys() - {UNSPECIFIED.oid}:
        return None
    return Finding(
        f"the certificate has no role of PSD2: there is {named}",
        "ask the bank whether it serves such a holder",
        _STATEMENT,
        severity=WARNING,
    )


_IDENTIFIER_FAULTS: Final = frozenset(
    {
        "identifier-spaces",
        "identifier-case",
        "identifier-separator",
        "identifier-scheme",
        "identifier-country",
        "identifier-authority",
        "identifier-number",
        "identifier-checksum",
        "identifier-characters",
        "identifier-grammar",
        "identifier-length",
    }
)


@rule(
    "qwac-identifier",
    ERROR,
    "the organizationIdentifier has its form, and holds the authorization number",
    "ETSI TS 119 495 section 5.2.1; ETSI EN 319 412-1 section 5.1.4",
)
def identifier(view: QwacView) -> Outcome:
    """The authorization number stands in the organizationIdentifier: PSDFR-ACPR-12345.

    Up to V1.4.1 of the standard it had to, since V1.5.1 it should; one from another register (NTR, VAT, LEI)
    is a warning, since there is then no authorization number for a client_id to match.
    """
    held = view.description.organization_identifier
    if held is None:
        return Finding("the subject has no organizationIdentifier", _ASK, _SUBJECT)
    found = oddities(view, _IDENTIFIER_FAULTS, _STRICT, _SUBJECT)
    if found is not None or held.scheme == PSD:
        return found
    return Finding(
        f"the organizationIdentifier is of the scheme {held.scheme}, and so has no authorization number",
        "a client_id then matches the whole of it, or by a mapping alone",
        _SUBJECT,
        severity=WARNING,
    )


@rule(
    "qwac-nca-name",
    ERROR,
    "the authority has a name, in Latin letters",
    "ETSI TS 119 495 section 5.2.3",
    needs=(PSD2,),
)
def nca_name(view: QwacView) -> Outcome:
    """The statement names the authority, in Latin letters, with accents where it has them.

    Where PSP_PA is the only role there is none, and the name is NA; nowhere else. A name that is another
    authority's, or with spaces around it, is a warning.
    """
    held = view.description.psd2
    name, where = None if held is None else held.nca_name, f"{_STATEMENT}.nCAName"
    if not name:
        return Finding("the authority's name is missing or empty", _ASK, where)
    without = held is not None and held.without_authority
    if without and name != NOT_APPLICABLE:
        return Finding(f"the authority's name is {quoted(name)}, where NA belongs", _ASK, where)
    if not without and name == NOT_APPLICABLE:
        return Finding("the authority's name is NA, which goes with PSP_PA alone", _ASK, where)
    found = oddities(view, ("nca-name",), _ASK, where)
    return found or oddities(view, ("nca-name-spaces", "nca-name-other"), _ASK, where, WARNING)


@rule(
    "qwac-nca-id",
    ERROR,
    "nCAId is a country, a hyphen and two to eight letters",
    "ETSI TS 119 495 section 5.2.3",
    needs=(PSD2,),
)
def nca_id(view: QwacView) -> Outcome:
    """The authority's identifier is like FR-ACPR: a country, a hyphen, two to eight capital letters.

    Half of it, or none of it, has been issued; such certificates work in a test and fail at some banks.
    """
    held = view.description.psd2
    where = f"{_STATEMENT}.nCAId"
    if held is None or held.nca is None or not held.nca_id:
        return Finding("nCAId is missing or empty", _ASK, where)
    if held.without_authority and held.nca_id != NOT_APPLICABLE:
        return Finding(f"nCAId is {quoted(held.nca_id)}, where NA belongs", _ASK, where)
    faults = ("nca-id-country", "nca-id-separator", "nca-id-form", "nca-id-misspelt")
    return oddities(view, faults, _STRICT, where)


@rule(
    "qwac-nca",
    ERROR,
    "organizationIdentifier and nCAId name one authority",
    "ETSI TS 119 495 sections 5.2.1 and 5.2.3",
    needs=(PSD2,),
)
def nca(view: QwacView) -> Outcome:
    """The authority in the organizationIdentifier is the one that the statement names.

    Where they differ, a bank cannot tell in whose register to look.
    """
    held, ours = view.description.psd2, view.description.organization_identifier
    if held is None or ours is None or ours.scheme != PSD:
        return Unjudged("the organizationIdentifier names no authority")
    if held.without_authority:
        return Unjudged("the role PSP_PA has no authority")
    same = None if held.nca is None else same_authority(ours, held.nca)
    if same is None:
        return Unjudged("one of the two cannot be made out")
    return None if same else oddities(view, ("nca-differs",), _STRICT, _STATEMENT)


@rule("qwac-authority", WARNING, f"the authority is on the list of {AS_OF}", SOURCE)
def authority(view: QwacView) -> Outcome:
    """The identifiers of authorities are on a list of the EBA's; a stranger may be new, or misspelt.

    The list is a snapshot, so this is only a warning. Historic identifiers are told as such.
    """
    ours, held = view.description.organization_identifier, view.description.psd2
    of_holder = None if ours is None or ours.scheme != PSD else ours.nca_id
    of_statement = None if held is None or held.nca is None else held.nca.id
    named = [each for each in dict.fromkeys((of_holder, of_statement)) if each is not None]
    if not named:
        return Unjudged("the certificate names no authority")
    doubts = [doubt for doubt in map(_doubt, named) if doubt is not None]
    if not doubts:
        return None
    there = ", ".join(other.id for each in named for other in authorities_of(each[:2]))
    hint = f"the authority there: {there}" if there else "compare it with the EBA's register"
    return Finding("; ".join(doubts), hint)


def _doubt(nca_id: str) -> str | None:
    known = AUTHORITIES.get(nca_id)
    if known is None:
        return f"{nca_id} is not on the list of {AS_OF}"
    return None if known.historic is None else f"{nca_id} ({known.name}) is historic: {known.historic}"
