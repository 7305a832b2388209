"""What a throwaway certificate says, and how it is signed.

A recipe holds everything but the keys, so that the same recipe gives the same
certificate again, with other keys and another signature.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import AuthorityInformationAccessOID

from jwttool.certificates.usages import EXTENDED_KEY_USAGES, KEY_USAGES
from jwttool.eidas.structures import QC_STATEMENTS
from jwttool.errors import MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.keys import PrivateKey, PublicKey

Days: TypeAlias = int
Signature = Literal["sha256", "rsassa-pss"]
KeyName = Literal["rsa", "ec", "rsa-1024"]

UTF8: Final = _ASN1Type.UTF8String
PRINTABLE: Final = _ASN1Type.PrintableString


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a subject, in whatever string type, true to the standards or not."""

    oid: x509.ObjectIdentifier
    value: str
    string: _ASN1Type | None = None

    def encoded(self) -> x509.NameAttribute[str]:
        """For cryptography, which would refuse C="Germany" if it looked."""
        # It warns of the country's length all the same.
        with library(MalformedError("an attribute that cannot be encoded")):
            return x509.NameAttribute(self.oid, self.value, self.string, _validate=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A certificate without its keys.

    ``first_day`` and ``last_day`` count from the time that :meth:`sign` is given.
    ``statements`` is the whole value of the QC statements extension, so that it
    can be anything. ``issuer`` is the name of the authority that signs. 199 days
    are what the CA/Browser Forum still allows (Baseline Requirements section 6.3.2).
    """

    subject: tuple[Attribute, ...]
    issuer: str
    key: KeyName = "rsa"
    signature: Signature = "sha256"
    first_day: Days = -30
    last_day: Days = 169
    authority: bool = False
    path_length: int | None = None
    key_usage: tuple[str, ...] = ()
    extended_key_usage: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    statements: bytes | None = None
    others: tuple[x509.UnrecognizedExtension, ...] = ()
    critical: tuple[x509.UnrecognizedExtension, ...] = ()
    locations: bool = True

    def with_attribute(
        self, oid: x509.ObjectIdentifier, value: str, string: _ASN1Type | None = None
    ) -> Recipe:
        """The same with another value, and string type, of an attribute that it has."""
        subject = tuple(Attribute(oid, value, string) if each.oid == oid else each for each in self.subject)
        return replace(self, subject=subject)

    def without_attribute(self, oid: x509.ObjectIdentifier) -> Recipe:
        """The same without an attribute."""
        return replace(self, subject=tuple(each for each in self.subject if each.oid != oid))

    def with_another(self, oid: x509.ObjectIdentifier, value: str) -> Recipe:
        """The same with one more attribute of a kind that it has, behind that one."""
        place = 1 + next(number for number, each in enumerate(self.subject) if each.oid == oid)
        return replace(self, subject=(*self.subject[:place], Attribute(oid, value), *self.subject[place:]))

    def name(self) -> x509.Name:
        """The subject."""
        return x509.Name([each.encoded() for each in self.subject])


@dataclass(frozen=True, slots=True)
class Signer:
    """An authority that signs: its name in the table, its certificate and its key."""

    name: str
    certificate: x509.Certificate
    key: PrivateKey


def serial_number(name: str) -> int:
    """A serial number of 127 bits that follows from the name: positive, and the same every time."""
    digest = hashlib.sha256(f"jwttool throwaway certificate {name}".encode()).digest()
    return int.from_bytes(digest[:16]) >> 1 | 1 << 126


def self_signed(name: str, recipe: Recipe, key: PrivateKey, at: datetime) -> x509.Certificate:
    """A root."""
    builder = _builder(name, recipe, key.public_key(), at).issuer_name(recipe.name())
    return builder.sign(key, hashes.SHA256())


def sign(name: str, recipe: Recipe, public_key: PublicKey, signer: Signer, at: datetime) -> x509.Certificate:
    """The certificate that a recipe describes, for a public key."""
    builder = _builder(name, recipe, public_key, at).issuer_name(signer.certificate.subject)
    identifier = signer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
    )
    if recipe.locations:
        builder = _with_locations(builder, signer.name)
    if recipe.signature == "rsassa-pss":
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        return builder.sign(signer.key, hashes.SHA256(), rsa_padding=pss)
    return builder.sign(signer.key, hashes.SHA256())


def _builder(name: str, recipe: Recipe, public_key: PublicKey, at: datetime) -> x509.CertificateBuilder:
    builder = (
        x509.CertificateBuilder()
        .subject_name(recipe.name())
        .public_key(public_key)
        .serial_number(serial_number(name))
        .not_valid_before(at + timedelta(days=recipe.first_day))
        .not_valid_after(at + timedelta(days=recipe.last_day))
        .add_extension(x509.BasicConstraints(recipe.authority, recipe.path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.KeyUsage(**{usage: usage in recipe.key_usage for usage in KEY_USAGES}), critical=True
        )
    )
    for extension in _extensions(recipe):
        builder = builder.add_extension(extension, critical=False)
    for extension in recipe.critical:
        builder = builder.add_extension(extension, critical=True)
    return builder


def _extensions(recipe: Recipe) -> list[x509.ExtensionType]:
    """Those that are not critical, and only there where the recipe has something for them."""
    found: list[x509.ExtensionType] = []
    if recipe.extended_key_usage:
        oids = [x509.ObjectIdentifier(EXTENDED_KEY_USAGES[each][0]) for each in recipe.extended_key_usage]
        found.append(x509.ExtendedKeyUsage(oids))
    if recipe.dns_names:
        found.append(x509.SubjectAlternativeName([x509.DNSName(each) for each in recipe.dns_names]))
    if recipe.policies:
        found.append(
            x509.CertificatePolicies(
                [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in recipe.policies]
            )
        )
    if recipe.statements is not None:
        found.append(x509.UnrecognizedExtension(QC_STATEMENTS, recipe.statements))
    return [*found, *recipe.others]


SITE: Final = "http://pki.example.com"
"""Nothing is there: example.com is reserved (RFC 2606 section 3)."""


def _with_locations(builder: x509.CertificateBuilder, issuer: str) -> x509.CertificateBuilder:
    """Where the issuer's certificate, its answers about revocation and its CRL would be."""

    def at(path: str) -> x509.UniformResourceIdentifier:
        return x509.UniformResourceIdentifier(f"{SITE}/{path}")

    access = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(AuthorityInformationAccessOID.OCSP, at("ocsp")),
            x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, at(f"{issuer}.crt")),
        ]
    )
    point = x509.DistributionPoint([at(f"{issuer}.crl")], None, None, None)
    return builder.add_extension(access, critical=False).add_extension(
        x509.CRLDistributionPoints([point]), critical=False
    )
