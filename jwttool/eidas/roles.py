"""The roles of payment service providers: OID and name (ETSI TS 119 495 section 5.2.2).

The first five are as old as PSD2; the last four came with V1.8.1 (2026-04).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

from jwttool.errors import UsageError


@dataclass(frozen=True, slots=True)
class Role:
    """A role; ``oid`` is dotted. ``aliases`` are what people call it, in capitals, without punctuation."""

    oid: str
    name: str
    meaning: str
    aliases: tuple[str, ...] = ()


ROLES: Final = (
    Role("0.4.0.19495.1.0", "Unspecified", "no role in particular"),
    Role("0.4.0.19495.1.1", "PSP_AS", "account servicing", ("ASPSP", "AS", "ACCOUNTSERVICING")),
    Role("0.4.0.19495.1.2", "PSP_PI", "payment initiation", ("PISP", "PIS", "PI", "PAYMENTINITIATION")),
    Role("0.4.0.19495.1.3", "PSP_AI", "account information", ("AISP", "AIS", "AI", "ACCOUNTINFORMATION")),
    Role(
        "0.4.0.19495.1.4",
        "PSP_IC",
        "issuing of card-based payment instruments",
        ("CBPII", "PIISP", "PIIS", "CISP", "IC", "CARDISSUER"),
    ),
    Role("0.4.0.19495.1.5", "PSP_CB", "since V1.8.1 of 2026-04"),
    Role("0.4.0.19495.1.6", "PSP_PA", "since V1.8.1 of 2026-04; authority and identifier are NA"),
    Role("0.4.0.19495.1.51", "VOP_RS", "verification of payee, since V1.8.1 of 2026-04"),
    Role("0.4.0.19495.1.52", "VOP_VS", "verification of payee, since V1.8.1 of 2026-04"),
)

BY_OID: Final = {each.oid: each for each in ROLES}
BY_NAME: Final = {each.name: each for each in ROLES}

UNSPECIFIED: Final = BY_NAME["Unspecified"]
"""Stands alone: a statement has one or more roles, or a single Unspecified (section 5.2.2)."""
PSP_PA: Final = BY_NAME["PSP_PA"]
"""The role that no authority gives."""

NOT_APPLICABLE: Final = "NA"
"""Stands for the authority's name and identifier where PSP_PA is the only role."""

_LONGEST: Final = 64
_PUNCTUATION: Final = re.compile(r"[\s_.-]+")
_BY_ALIAS: Final = {
    alias: each for each in ROLES for alias in (*each.aliases, _PUNCTUATION.sub("", each.name.upper()))
}


def role(name: str) -> Role:
    """The role of a name, spelled as ETSI TS 119 495 has it.

    :raises UsageError: for any other spelling: the name goes into a
        certificate, where a near miss is a wrong one. The hint says what may be meant.
    """
    found = BY_NAME.get(name)
    if found is None:
        hint = f"the roles are {', '.join(BY_NAME)}"
        meant = " or ".join(f"{each.name} ({each.meaning})" for each in near_roles(name))
        raise UsageError(
            "there is no role of that name", hint=f"{meant} may be meant; {hint}" if meant else hint
        )
    return found


def near_roles(name: str) -> tuple[Role, ...]:
    """The roles that another spelling may mean ("AISP", "PSP-AI", "Account Information"); often none."""
    if len(name) > _LONGEST:
        return ()
    bare = _PUNCTUATION.sub("", name.upper())
    found = _BY_ALIAS.get(bare)
    if found is not None:
        return (found,)
    close = difflib.get_close_matches(bare, _BY_ALIAS, n=3, cutoff=0.8)
    return tuple(dict.fromkeys(_BY_ALIAS[alias] for alias in close))
