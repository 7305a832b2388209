"""Keys, certificates and CRLs of the throwaway authorities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from jwttool.errors import UsageError
from jwttool.keys import generate_private_key
from jwttool.keys.kinds import KeyKind
from jwttool.sandbox.certificates import standard
from jwttool.sandbox.certificates.oddities import SPECIMENS
from jwttool.sandbox.certificates.recipe import Signer, self_signed, serial_number, sign

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.keys import PrivateKey
    from jwttool.sandbox.certificates.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """One key for each authority, and one of each kind that all end entities of that kind share."""

    root: PrivateKey
    issuing: PrivateKey
    silent: PrivateKey
    rsa: PrivateKey
    ec: PrivateKey
    weak: PrivateKey

    def of(self, kind: str) -> PrivateKey:
        """The key of end entities, by the name that recipes have for it."""
        return {"rsa": self.rsa, "ec": self.ec, "rsa-1024": self.weak}[kind]


def new_keys() -> Keys:
    """Keys on P-256 and RSA keys of 2,048 bits: quick to make, and as small as a bank takes.

    One has 1,024 bits, for the certificate that has to be refused for it.
    """
    return Keys(
        root=generate_private_key(KeyKind.EC),
        issuing=generate_private_key(KeyKind.RSA, 2048),
        silent=generate_private_key(KeyKind.EC),
        rsa=generate_private_key(KeyKind.RSA, 2048),
        ec=generate_private_key(KeyKind.EC),
        weak=rsa.generate_private_key(65537, 1024),  # noqa: S505  # weak on purpose
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The throwaway authorities at a time.

    ``at`` is when all but the expired, the not yet valid and the revoked are
    good: aware, and better at a full second.
    """

    keys: Keys
    at: datetime
    root: Signer
    issuing: Signer
    silent: Signer

    def authority(self, name: str) -> Signer:
        """An authority by the name that recipes have for it."""
        return {signer.name: signer for signer in (self.root, self.issuing, self.silent)}[name]


def new_world(keys: Keys, at: datetime) -> World:
    """A root, an authority below it that issues everything, and one that publishes no CRL."""
    top = self_signed(standard.ROOT, standard.ROOT_RECIPE, keys.root, at)
    root = Signer(standard.ROOT, top, keys.root)

    def below(name: str, recipe: Recipe, key: PrivateKey) -> Signer:
        return Signer(name, sign(name, recipe, key.public_key(), root, at), key)

    return World(
        keys=keys,
        at=at,
        root=root,
        issuing=below(standard.ISSUING, standard.ISSUING_RECIPE, keys.issuing),
        silent=below(standard.SILENT, standard.SILENT_RECIPE, keys.silent),
    )


def issue(name: str, world: World) -> x509.Certificate:
    """The certificate of that name in :data:`SPECIMENS`.

    :raises UsageError: there is none.
    """
    specimen = SPECIMENS.get(name)
    if specimen is None:
        raise UsageError("there is no certificate of that name", hint=f"there are {', '.join(SPECIMENS)}")
    recipe = specimen.recipe
    public_key = world.keys.of(recipe.key).public_key()
    return sign(name, recipe, public_key, world.authority(recipe.issuer), world.at)


# --- revocation ---------------------------------------------------------------

CRL_DAYS: Final = {
    "root.crl": (standard.ROOT, -1, 30),
    "issuing.crl": (standard.ISSUING, -1, 6),
    "issuing-stale.crl": (standard.ISSUING, -8, -1),
    "issuing-future.crl": (standard.ISSUING, 1, 8),
}
"""File name to issuer, and the first and last day of the CRL, from the world's time."""

REVOKED_DAY: Final = -10


def revocation_list(file_name: str, world: World) -> x509.CertificateRevocationList:
    """A CRL of :data:`CRL_DAYS`: the current one, a stale one, one from the future."""
    issuer, first, last = CRL_DAYS[file_name]
    signer = world.authority(issuer)
    identifier = signer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateRevocationListBuilder(
            signer.certificate.subject, world.at + timedelta(days=first), world.at + timedelta(days=last)
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .add_extension(x509.CRLNumber(1000 + first), critical=False)
    )
    for specimen in SPECIMENS.values():
        if specimen.revoked and specimen.recipe.issuer == issuer:
            builder = builder.add_revoked_certificate(_revoked(specimen.name, world))
    return builder.sign(signer.key, SHA256())


def _revoked(name: str, world: World) -> x509.RevokedCertificate:
    return (
        x509.RevokedCertificateBuilder(
            serial_number(name),
            world.at + timedelta(days=REVOKED_DAY),
        )
        .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        .build()
    )


# --- files --------------------------------------------------------------------

FOREIGN_CHARACTERS: Final = "foreign-characters.crt"
"""The one oddity of a file and not of a certificate."""


def files(world: World) -> dict[str, bytes]:
    """Everything public, as PEM, by file name."""
    written = {
        f"{signer.name}.crt": signer.certificate.public_bytes(Encoding.PEM)
        for signer in (world.root, world.issuing, world.silent)
    }
    for name in SPECIMENS:
        written[f"{name}.crt"] = issue(name, world).public_bytes(Encoding.PEM)
    written[FOREIGN_CHARACTERS] = with_foreign_characters(written["qwac.crt"])
    for name in CRL_DAYS:
        written[name] = revocation_list(name, world).public_bytes(Encoding.PEM)
    return written


def with_foreign_characters(pem: bytes) -> bytes:
    """A PEM block with a character in it that base64 does not have, which lax readers skip."""
    first, second, rest = pem.split(b"\n", 2)
    return b"\n".join((first, second[:32] + b"*" + second[32:], rest))
