"""ASN.1 that is not what the standards say, declared as it is met in the wild.

Each class differs from one of :mod:`jwttool.eidas.structures` in one thing.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from jwttool.eidas import structures


@asn1.sequence
class FlatRoles:
    """Two roles in one: OID, name, OID, name. An old profile of the United Kingdom's was read that way."""

    first_oid: ObjectIdentifier
    first_name: str
    second_oid: ObjectIdentifier
    second_name: str


@asn1.sequence
class FlatPsd2:
    """PSD2QcType with its roles flattened."""

    roles: list[FlatRoles]
    nca_name: str
    nca_id: str


@asn1.sequence
class PrintablePsd2:
    """PSD2QcType with PrintableStrings for the authority, where UTF8Strings are due."""

    roles: list[structures.RoleOfPsp]
    nca_name: asn1.PrintableString
    nca_id: asn1.PrintableString


@asn1.sequence
class FreePsd2:
    """PSD2QcType without limits: no role at all, or thousands."""

    roles: list[structures.RoleOfPsp]
    nca_name: str
    nca_id: str


@asn1.sequence
class WrongTypePsd2:
    """PSD2QcType with an INTEGER for the authority's identifier."""

    roles: list[structures.RoleOfPsp]
    nca_name: str
    nca_id: int


@asn1.sequence
class OrganizationIdentifier:
    """The CA/Browser Forum's extension for EV certificates (EV Guidelines, appendix H)."""

    scheme: asn1.PrintableString
    country: asn1.PrintableString
    reference: str


CABF_ORGANIZATION_IDENTIFIER: Final = ObjectIdentifier("2.23.140.3.1")
