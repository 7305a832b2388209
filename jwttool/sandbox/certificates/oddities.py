"""The table of certificates: those that are as they should be, and those with something odd in them.

An odd one differs from a sound one in one thing. What is odd has been seen in
real certificates, or is what a hostile one would try.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from jwttool.eidas import encode, structures
from jwttool.eidas.roles import ROLES, role
from jwttool.sandbox.certificates import shapes
from jwttool.sandbox.certificates import standard as std
from jwttool.sandbox.certificates.odd_holders import odd_subjects, odd_use, with_identifier
from jwttool.sandbox.certificates.specimen import UNREGISTERED, Specimen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jwttool.sandbox.certificates.recipe import Recipe

# --- sound --------------------------------------------------------------------


def _sound() -> Iterator[Specimen]:
    def one(name: str, what: str, recipe: Recipe) -> Specimen:
        return Specimen(name, what, recipe, sound=True)

    yield one("qwac", "a QWAC for EV, RSA, for payment initiation and account information", std.QWAC)
    yield one("qwac-ec", "the same with a key on P-256", std.QWAC_EC)
    yield one("qwac-general", "a QWAC that is not meant for browsers (QNCP-w-gen)", std.QWAC_GENERAL)
    yield one("qseal", "a QSealC, to sign requests with", std.QSEAL)
    yield one("qseal-ec", "the same with a key on P-256", replace(std.QSEAL, key="ec"))
    yield one("roles-all-psd2", "the four roles of PSD2", _roles(*("PSP_AS", "PSP_PI", "PSP_AI", "PSP_IC")))
    yield one("role-unspecified", "the role Unspecified", _roles("Unspecified"))
    yield one("roles-2026", "the roles VOP_RS and VOP_VS of 2026", _roles("VOP_RS", "VOP_VS"))
    yield one(
        "role-psp-pa",
        "the role PSP_PA of 2026, whose authority is NA",
        replace(std.QWAC, statements=std.web(std.psd2(["PSP_PA"], "NA", "NA"))),
    )
    yield one(
        "nca-name-with-accents",
        "an authority with accents in its name",
        std.of_company("PSDFR-ACPR-12345", "FR-ACPR", "Autorité de contrôle prudentiel et de résolution"),
    )
    yield one(
        "number-with-space",
        "a space in the authorization number, as Malta's authority has it",
        std.of_company("PSDMT-MFSA-C 123456", "MT-MFSA", "Malta Financial Services Authority"),
    )
    yield one(
        "number-with-dots",
        "dots in the authorization number, as Belgium's authority has them",
        std.of_company("PSDBE-NBB-0123.456.789", "BE-NBB", "National Bank of Belgium"),
    )
    yield one(
        "identifier-printable-string",
        "the identifier in a PrintableString, which is as good as a UTF8String",
        with_identifier(std.IDENTIFIER, string=True),
    )
    yield one(
        "identifier-ntr",
        "the identifier is from the trade register, which is allowed since V1.5.1",
        with_identifier(f"NTRFI-{std.NUMBER}", base=std.QWAC_GENERAL),
    )
    yield one(
        "identifier-lei",
        "the identifier is an LEI",
        with_identifier("LEIXG-529900EXAMPLE0000170", base=std.QWAC_GENERAL),
    )


# --- QC statements ------------------------------------------------------------


def _roles(*names: str) -> Recipe:
    return replace(std.QWAC, statements=std.web(std.psd2(names)))


def _nca(name: str = std.NCA_NAME, identifier: str = std.NCA_ID) -> Recipe:
    return replace(std.QWAC, statements=std.web(std.psd2(nca_name=name, nca_id=identifier)))


def _psd2(info: object) -> Recipe:
    """A QWAC whose PSD2 statement has this information."""
    return replace(std.QWAC, statements=std.web(structures.statement(structures.PSD2, asn1.encode_der(info))))


def _named_roles(*pairs: tuple[str, str]) -> Recipe:
    """Roles by OID and name, belonging together or not."""
    roles = [structures.RoleOfPsp(oid=ObjectIdentifier(oid), name=name) for oid, name in pairs]
    return _psd2(shapes.FreePsd2(roles=roles, nca_name=std.NCA_NAME, nca_id=std.NCA_ID))


_AI: Final = role("PSP_AI")
_PI: Final = role("PSP_PI")


def _odd_roles() -> Iterator[Specimen]:
    flat = shapes.FlatRoles(
        first_oid=ObjectIdentifier(_PI.oid),
        first_name=_PI.name,
        second_oid=ObjectIdentifier(_AI.oid),
        second_name=_AI.name,
    )
    right = std.web(std.psd2(["PSP_AI"]))
    yield Specimen(
        "roles-psp-pa-and-others",
        "PSP_PA, which has no authority, beside another role",
        _roles("PSP_PA", "PSP_AI"),
    )
    yield Specimen(
        "roles-psp-pa-and-others-na",
        "the same with NA for the authority, as PSP_PA alone has it",
        replace(std.QWAC, statements=std.web(std.psd2(["PSP_PA", "PSP_AI"], "NA", "NA"))),
    )
    yield Specimen(
        "roles-unspecified-and-others", "Unspecified beside another role", _roles("Unspecified", "PSP_AI")
    )
    yield Specimen(
        "roles-flattened",
        "one RoleOfPSP holds two roles: OID, name, OID, name",
        _psd2(shapes.FlatPsd2(roles=[flat], nca_name=std.NCA_NAME, nca_id=std.NCA_ID)),
    )
    yield Specimen("roles-empty", "the list of roles is empty", _named_roles())
    yield Specimen(
        "role-name-in-words", "the role's name is written out", _named_roles((_AI.oid, "Account Information"))
    )
    yield Specimen(
        "role-name-mismatch", "the role's name belongs to another OID", _named_roles((_AI.oid, _PI.name))
    )
    yield Specimen(
        "role-unknown",
        "the role's OID is none of the registered ones",
        _named_roles((UNREGISTERED, "PSP_XX")),
    )
    yield Specimen(
        "role-name-printable-string",
        "the role's name is in a PrintableString, which has no underscore even",
        # The tags of the two types (X.680 section 8.4), since no library writes such a thing.
        replace(std.QWAC, statements=right.replace(b"\x0c\x06PSP_AI", b"\x13\x06PSP_AI")),
    )
    yield Specimen(
        "nca-printable-strings",
        "the authority's name and identifier are in PrintableStrings, where UTF8Strings are due",
        _psd2(
            shapes.PrintablePsd2(
                roles=[structures.RoleOfPsp(oid=ObjectIdentifier(_AI.oid), name=_AI.name)],
                nca_name=asn1.PrintableString(std.NCA_NAME),
                nca_id=asn1.PrintableString(std.NCA_ID),
            )
        ),
    )


def _odd_authorities() -> Iterator[Specimen]:
    yield Specimen("nca-id-country-alone", "the authority's identifier is a country", _nca(identifier="FI"))
    yield Specimen(
        "nca-id-without-hyphen", "no hyphen in the authority's identifier", _nca(identifier="FIFINFSA")
    )
    yield Specimen(
        "nca-id-in-words", "the authority's identifier is the country's name", _nca(identifier="Finland")
    )
    yield Specimen(
        "nca-id-misspelt",
        "the authority's identifier is ES-BDE, and the registered one ES-BE",
        std.of_company("PSDES-BE-1234", "ES-BDE", "Bank of Spain"),
    )
    yield Specimen(
        "nca-mismatch",
        "the identifier has another authority than the statement",
        std.of_company("PSDGB-OB-Unknown0000000000000EXAMP", "GB-FCA", "Financial Conduct Authority"),
    )
    yield Specimen(
        "nca-unknown",
        "an authority that is on no list",
        std.of_company("PSDFI-NOBODY-1234567-8", "FI-NOBODY", "Nobody's Authority"),
    )
    yield Specimen(
        "nca-name-cyrillic", "the authority's name is not in Latin letters", _nca(name="Финансовый надзор")
    )
    yield Specimen("nca-name-other", "the name of another authority", _nca(name="Bank of Spain"))
    yield Specimen("nca-name-spaces", "a space after the authority's name", _nca(name=f"{std.NCA_NAME} "))


def _odd_statements() -> Iterator[Specimen]:
    def qwac(*items: structures.QcStatement) -> Recipe:
        return replace(std.QWAC, statements=std.statements(*items))

    compliance, web = encode.qc_compliance(), encode.qc_type(structures.WEB)
    site = "pki.example.com/pds-en.pdf"
    pds = encode.qc_pds((f"https://{site}", "en"))
    yield Specimen(
        "statement-bare",
        "a single QCStatement, with no list around it",
        replace(std.QWAC, statements=asn1.encode_der(std.psd2())),
    )
    yield Specimen(
        "qc-statements-missing", "no QC statements: not qualified", replace(std.QWAC, statements=None)
    )
    yield Specimen("qc-compliance-missing", "no QcCompliance: not qualified", qwac(web, pds, std.psd2()))
    yield Specimen("qc-type-missing", "no QcType", qwac(compliance, pds, std.psd2()))
    yield Specimen(
        "qc-types-several",
        "two QcTypes, and the standard wants one",
        qwac(compliance, encode.qc_type(structures.WEB, structures.ESEAL), pds, std.psd2()),
    )
    yield Specimen(
        "qc-type-seal",
        "QcType says seal, and everything else web",
        replace(std.QWAC, statements=std.qualified(structures.ESEAL, std.psd2())),
    )
    yield Specimen("qc-pds-missing", "no QcPDS", qwac(compliance, web, std.psd2()))
    yield Specimen(
        "qc-pds-http",
        "QcPDS with an http URL",
        qwac(compliance, web, encode.qc_pds((f"http://{site}", "en")), std.psd2()),
    )
    yield Specimen("qc-sscd", "QcSSCD, which a QWAC does not have", _more(encode.qc_sscd()))
    yield Specimen(
        "qc-legislation",
        "qualified by the law of a country outside the EU",
        _more(encode.qc_legislation("GB")),
    )
    yield Specimen(
        "qc-unknown",
        "a statement that nobody has registered",
        _more(structures.statement(ObjectIdentifier(UNREGISTERED))),
    )
    # X.690 section 11.1: TRUE in DER.
    full = structures.statement(structures.QC_COMPLIANCE, b"\x01\x01\xff")
    yield Specimen(
        "qc-compliance-content",
        "QcCompliance says TRUE, and should say nothing",
        qwac(full, web, pds, std.psd2()),
    )
    yield Specimen("psd2-missing", "no PSD2 statement", qwac(compliance, web, pds))


def _more(item: structures.QcStatement) -> Recipe:
    return replace(std.QWAC, statements=std.qualified(structures.WEB, std.psd2(), item))


# --- damage -------------------------------------------------------------------

MANY: Final = 10_000


def _damaged() -> Iterator[Specimen]:
    whole = std.web(std.psd2())

    def qwac(value: bytes) -> Recipe:
        return replace(std.QWAC, statements=value)

    yield Specimen("statements-truncated", "the QC statements end too early", qwac(whole[:-10]))
    yield Specimen(
        "statements-trailing", "there is something after the QC statements", qwac(whole + b"\x05\x00")
    )
    # X.690 section 10.1: DER has the shortest form of a length; this is one byte longer.
    yield Specimen(
        "statements-overlong",
        "a length in the QC statements is not in its shortest form",
        qwac(_overlong(whole)),
    )
    yield Specimen("statements-empty", "the list of QC statements is empty", qwac(b"\x30\x00"))
    yield Specimen("statements-no-asn1", "the QC statements are no ASN.1", qwac(b"no ASN.1 at all"))
    role_of_psp = structures.RoleOfPsp(oid=ObjectIdentifier(_AI.oid), name=_AI.name)
    yield Specimen(
        "psd2-wrong-type",
        "a number for the authority's identifier",
        _psd2(shapes.WrongTypePsd2(roles=[role_of_psp], nca_name=std.NCA_NAME, nca_id=1)),
    )
    yield Specimen(
        "nca-name-control-characters",
        "an escape sequence in the authority's name",
        _nca(name="FIN-FSA\x1b[2J"),
    )
    yield Specimen(
        "roles-10000",
        "10,000 roles",
        _named_roles(*((each.oid, each.name) for each in ROLES[1:5] * (MANY // 4))),
    )


def _overlong(sequence: bytes) -> bytes:
    """A sequence of 128 to 255 bytes with its length in two bytes, where one is enough."""
    return sequence[:1] + b"\x82\x00" + sequence[2:]


SPECIMENS: Final = {
    each.name: each
    for family in (
        _sound(),
        _odd_roles(),
        _odd_authorities(),
        _odd_statements(),
        odd_subjects(),
        odd_use(),
        _damaged(),
    )
    for each in family
}
"""The certificates, by name."""
