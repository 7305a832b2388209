"""What is odd about a holder, and about what the certificate may be used for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import NameOID

from jwttool.sandbox.certificates import standard as std
from jwttool.sandbox.certificates.recipe import PRINTABLE
from jwttool.sandbox.certificates.specimen import UNREGISTERED, Specimen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jwttool.sandbox.certificates.recipe import Recipe

# --- the subject --------------------------------------------------------------


def with_identifier(value: str, *, base: Recipe = std.QWAC, string: bool = False) -> Recipe:
    """A certificate of another organizationIdentifier; ``string`` for a PrintableString."""
    return base.with_attribute(NameOID.ORGANIZATION_IDENTIFIER, value, PRINTABLE if string else None)


def odd_subjects() -> Iterator[Specimen]:
    """What is odd about the holder's name."""
    yield Specimen(
        "identifier-missing",
        "no organizationIdentifier",
        std.QWAC_GENERAL.without_attribute(NameOID.ORGANIZATION_IDENTIFIER),
    )
    yield Specimen(
        "identifier-underscores", "underscores for hyphens", with_identifier("PSDFI_FINFSA_1234567-8")
    )
    yield Specimen("identifier-scheme-misspelt", "PAD for PSD", with_identifier("PADFI-FINFSA-1234567-8"))
    yield Specimen(
        "identifier-lower-case", "the identifier in lower case", with_identifier("psdfi-finfsa-1234567-8")
    )
    yield Specimen(
        "identifier-without-country", "no country in the identifier", with_identifier("PSD-FINFSA-1234567-8")
    )
    yield Specimen("identifier-number-alone", "the authorization number alone", with_identifier(std.NUMBER))
    yield Specimen(
        "identifier-homoglyph",
        "a Cyrillic letter in the identifier",
        with_identifier("PSDFI-FINFS\u0410-1234567-8"),
    )
    yield Specimen(
        "identifier-full-width",
        "full-width digits in the identifier",
        with_identifier("PSDFI-FINFSA-\uff11\uff12\uff13\uff14\uff15\uff16\uff17-\uff18"),
    )
    yield Specimen(
        "identifier-control-characters",
        "an escape sequence in the identifier",
        with_identifier("PSDFI-FINFSA-1234567-8\x1b[2J"),
    )
    yield Specimen(
        "identifier-is-name",
        "the identifier stands for the organisation as well",
        std.QWAC.with_attribute(NameOID.ORGANIZATION_NAME, std.IDENTIFIER),
    )
    yield Specimen(
        "identifier-lei-checksum",
        "an LEI whose check digits are wrong",
        with_identifier("LEIXG-529900EXAMPLE0000171", base=std.QWAC_GENERAL),
    )
    yield Specimen(
        "country-in-words", 'C="Germany"', std.QWAC.with_attribute(NameOID.COUNTRY_NAME, "Germany")
    )
    yield Specimen(
        "country-mismatch",
        "C is another country than the authority's",
        std.QWAC.with_attribute(NameOID.COUNTRY_NAME, "SE"),
    )
    for name, what, oid, value in (
        ("country-repeated", "two countries", NameOID.COUNTRY_NAME, "SE"),
        ("organization-repeated", "two organizations", NameOID.ORGANIZATION_NAME, "Another Company Ab"),
        ("common-name-repeated", "two common names", NameOID.COMMON_NAME, "other.example.com"),
        (
            "identifier-repeated",
            "two organizationIdentifiers",
            NameOID.ORGANIZATION_IDENTIFIER,
            "PSDSE-FINA-12345",
        ),
        ("identifier-among-names", "a second O, the identifier", NameOID.ORGANIZATION_NAME, std.IDENTIFIER),
    ):
        yield Specimen(name, f"{what} in the subject", std.QWAC.with_another(oid, value))
    yield Specimen(
        "common-name-blank",
        "nothing but blanks for a common name",
        std.QWAC_GENERAL.with_attribute(NameOID.COMMON_NAME, "   "),
    )
    for name, oid in (
        ("country-missing", NameOID.COUNTRY_NAME),
        ("organization-missing", NameOID.ORGANIZATION_NAME),
        ("common-name-missing", NameOID.COMMON_NAME),
    ):
        yield Specimen(
            name,
            f"no {name.removesuffix('-missing').replace('-', ' ')} in the subject",
            std.QWAC_GENERAL.without_attribute(oid),
        )


# --- usage, key, signature, validity ------------------------------------------


def odd_use() -> Iterator[Specimen]:
    """What is odd about the use, the key, the signature and the time."""
    yield Specimen(
        "client-auth-missing",
        "no clientAuth: for servers alone",
        replace(std.QWAC, extended_key_usage=("server_auth",)),
    )
    yield Specimen(
        "server-auth-missing",
        "no serverAuth: for clients alone",
        replace(std.QWAC, extended_key_usage=("client_auth",)),
    )
    yield Specimen(
        "digital-signature-missing",
        "no digitalSignature in the key usage",
        replace(std.QWAC, key_usage=("key_encipherment",)),
    )
    yield Specimen(
        "key-cert-sign",
        "the usage keyCertSign, which is a CA's",
        replace(std.QWAC, key_usage=(*std.QWAC.key_usage, "key_cert_sign")),
    )
    yield Specimen(
        "critical-unknown",
        "a critical extension that nobody knows",
        replace(
            std.QWAC,
            critical=(x509.UnrecognizedExtension(ObjectIdentifier(UNREGISTERED), b"\x05\x00"),),
        ),
    )
    yield Specimen("policies-missing", "no certificate policies", replace(std.QWAC, policies=()))
    yield Specimen(
        "rsassa-pss",
        "signed with RSASSA-PSS, which some banks refuse",
        replace(std.QWAC, signature="rsassa-pss"),
    )
    yield Specimen("rsa-1024", "an RSA key of 1,024 bits", replace(std.QWAC, key="rsa-1024"))
    yield Specimen("expired", "expired", replace(std.QWAC, first_day=-230, last_day=-31))
    yield Specimen("not-yet-valid", "not yet valid", replace(std.QWAC, first_day=30, last_day=229))
    yield Specimen("revoked", "on the CRL of its issuer", std.QWAC, revoked=True)
    yield Specimen(
        "crl-missing", "sound, from an issuer that publishes no CRL", replace(std.QWAC, issuer=std.SILENT)
    )
