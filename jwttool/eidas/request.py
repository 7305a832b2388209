"""What a request for a PSD2 certificate asks for: subject, usages and QC statements.

Everything is judged before a key is there. ETSI TS 119 495 sections 5.1 to 5.3
say what goes in; QcCompliance and QcPDS are the CA's to add.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from jwttool.csr import KeyUsageChoice, create_csr, parse_subject
from jwttool.eidas import encode, structures
from jwttool.eidas.authorities import AUTHORITIES, SOURCE
from jwttool.eidas.nca import is_latin, read_nca_id
from jwttool.eidas.organization_identifier import PSD, parse_organization_identifier
from jwttool.eidas.psd2 import MAX_TEXT
from jwttool.eidas.roles import BY_NAME, NOT_APPLICABLE, PSP_PA, UNSPECIFIED, role
from jwttool.errors import MalformedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from jwttool.eidas.organization_identifier import OrganizationIdentifier
    from jwttool.eidas.roles import Role
    from jwttool.keys import PrivateKey, PublicKey

Psd2Certificate = Literal["qwac", "qseal"]

_TYPES: Final = {"qwac": structures.WEB, "qseal": structures.ESEAL}
_IDENTIFIER: Final = NameOID.ORGANIZATION_IDENTIFIER


@dataclass(frozen=True, slots=True, kw_only=True)
class Psd2Request:
    """A request that can be made: what it holds, and what may be said about it.

    ``notes`` has a sentence for what is allowed and may still not be what is
    wanted: attributes that a QTSP will ask for, an authority that is on no list.
    """

    purpose: Psd2Certificate
    subject: x509.Name
    nca_name: str
    nca_id: str
    extension: x509.UnrecognizedExtension = field(repr=False)
    notes: tuple[str, ...] = ()

    def key_usage(self, public_key: PublicKey) -> KeyUsageChoice:
        """The usages that a QTSP expects for a key of this kind.

        A QWAC connects, on either side, and TLS up to 1.2 may encipher with RSA. A
        QSealC signs: type B of EN 319 412-2 section 4.3.2, nonRepudiation for seals
        and digitalSignature for tokens. It has no extended usage.
        """
        if self.purpose == "qseal":
            return KeyUsageChoice(("digital_signature", "content_commitment"))
        enciphers = ("key_encipherment",) if isinstance(public_key, RSAPublicKey) else ()
        return KeyUsageChoice(("digital_signature", *enciphers), ("server_auth", "client_auth"))

    def dns_notes(self, dns_names: Collection[str]) -> tuple[str, ...]:
        """What is to be said of the DNS names that are asked for beside it.

        A QWAC is a certificate for website authentication and names the site
        (EN 319 412-4 section 4); a seal is of no host.
        """
        if self.purpose == "qwac" and not dns_names:
            return ("no DNS name is asked for (--dns), which a QWAC needs: the CA will ask",)
        if self.purpose == "qseal" and dns_names:
            return ("a DNS name is asked for (--dns), and a QSealC is of no host: the CA may leave it out",)
        return ()


def psd2_request(
    purpose: Psd2Certificate,
    *,
    organization_identifier: str,
    roles: Iterable[str],
    subject: str | x509.Name = "",
    nca_name: str | None = None,
    nca_id: str | None = None,
) -> Psd2Request:
    """What to ask a QTSP for.

    :param organization_identifier: goes into the subject, and says which
        authority it is: ``PSDFI-FINFSA-1234567-8``.
    :param roles: by the names of ETSI TS 119 495, "PSP_AI".
    :param subject: an RFC 4514 string; the country is added where it has none.
    :param nca_name: where the authority is on no list, or has another name.
    :param nca_id: where the identifier does not tell, as one of the trade register does not.
    :raises MalformedError: an identifier, name or subject that breaks its grammar.
    :raises UsageError: an unknown role; something that is missing, or contradicts the rest.
    """
    identifier = parse_organization_identifier(organization_identifier, strict=True)
    name = parse_subject(subject) if isinstance(subject, str) else subject
    name = _with_identifier(_with_country(name, identifier), identifier)
    asked = tuple(dict.fromkeys(map(role, roles)))
    authority = _authority(asked, identifier, nca_name, nca_id)
    statements = (encode.qc_type(_TYPES[purpose]), encode.psd2(asked, authority.name, authority.id))
    return Psd2Request(
        purpose=purpose,
        subject=name,
        nca_name=authority.name,
        nca_id=authority.id,
        extension=encode.qc_statements(statements),
        notes=(*_missing(name), *_strangers(identifier, authority)),
    )


def create_psd2_csr(key: PrivateKey, request: Psd2Request, *, dns_names: Iterable[str] = ()) -> bytes:
    """A request for a PSD2 certificate for this key, signed with SHA-256, in PEM.

    :raises JwtToolError: as :func:`jwttool.csr.create_csr` does.
    """
    return create_csr(
        key,
        subject=request.subject,
        dns_names=dns_names,
        key_usage=request.key_usage(key.public_key()),
        extensions=(request.extension,),
    )


# --- the authority ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Authority:
    id: str
    name: str


def _authority(
    roles: tuple[Role, ...], identifier: OrganizationIdentifier, nca_name: str | None, nca_id: str | None
) -> _Authority:
    if not roles:
        raise UsageError("a PSD2 certificate has a role", hint=f"--role: the roles are {', '.join(BY_NAME)}")
    if UNSPECIFIED in roles and len(roles) > 1:
        raise UsageError(
            "the role Unspecified stands alone, and other roles are asked for with it",
            hint="leave out --role Unspecified, or the others",
        )
    if PSP_PA in roles:
        return _no_authority(roles, nca_name, nca_id)
    chosen = _authority_id(identifier, nca_id)
    return _Authority(chosen, _authority_name(chosen, nca_name))


def _no_authority(roles: tuple[Role, ...], nca_name: str | None, nca_id: str | None) -> _Authority:
    """ETSI TS 119 495 V1.8.1: beside PSP_PA, name and identifier of the authority are NA."""
    if len(roles) > 1:
        raise UsageError(
            "PSP_PA has no authority and the other roles have one, and a statement has room for one alone",
            hint="ask for another certificate with PSP_PA alone",
        )
    if {nca_name, nca_id} - {None, NOT_APPLICABLE}:
        raise UsageError("PSP_PA has no authority", hint="leave out --nca-name and --nca-id: both are NA")
    return _Authority(NOT_APPLICABLE, NOT_APPLICABLE)


def _authority_id(identifier: OrganizationIdentifier, nca_id: str | None) -> str:
    own = identifier.nca_id if identifier.scheme == PSD else None
    if nca_id is None:
        if own is None:
            raise UsageError(
                f"an identifier of the scheme {identifier.scheme} does not say which authority it is",
                hint="name it: --nca-id (such as FI-FINFSA), and --nca-name where it is on no list",
            )
        return own
    read = read_nca_id(nca_id)
    if read.anomaly is not None:
        raise MalformedError(
            f"the authority's identifier breaks its grammar: {read.anomaly.message}",
            hint="--nca-id: two letters of the country, a hyphen, two to eight letters: FI-FINFSA",
        )
    if own is not None and read.country != identifier.country:
        raise UsageError(
            f"the authority {nca_id} is of another country than the organizationIdentifier, "
            f"which has {identifier.country}",
            hint=f"leave out --nca-id, or name an authority of {identifier.country}",
        )
    return nca_id


def _authority_name(nca_id: str, nca_name: str | None) -> str:
    if nca_name is None:
        known = AUTHORITIES.get(nca_id)
        if known is None:
            raise UsageError(
                f"the name of the authority {nca_id} is not known here",
                hint=f"give it as --nca-name; known are those of: {SOURCE}",
            )
        return known.name
    if not is_latin(nca_name) or len(nca_name) > MAX_TEXT:
        # ETSI TS 119 495 section 5.2.3.
        raise MalformedError(
            f"the authority's name is no plain text in Latin letters of at most {MAX_TEXT} characters",
            hint="--nca-name: as the authority writes it in English, or in its own Latin letters",
        )
    return nca_name


def _strangers(identifier: OrganizationIdentifier, authority: _Authority) -> Iterator[str]:
    if authority.id == NOT_APPLICABLE:
        return
    known = AUTHORITIES.get(authority.id)
    if known is None:
        yield f"the authority {authority.id} is not on the list ({SOURCE})"
    elif known.historic is not None:
        yield f"the authority {authority.id} is historic: {known.historic}"
    if identifier.scheme == PSD and identifier.nca_id != authority.id:
        yield (
            f"the organizationIdentifier is of {identifier.nca_id} and the authority is {authority.id}: "
            "some banks refuse that"
        )


# --- the subject --------------------------------------------------------------


def _values(name: x509.Name, oid: x509.ObjectIdentifier) -> list[str | bytes]:
    return [attribute.value for attribute in name.get_attributes_for_oid(oid)]


def _with_country(name: x509.Name, identifier: OrganizationIdentifier) -> x509.Name:
    """The subject with the identifier's country; a company is authorised, and registered, where it is."""
    if identifier.scheme not in {PSD, "NTR"} or identifier.country is None:
        return name  # an LEI has none, and a company may pay its VAT elsewhere
    countries = _values(name, NameOID.COUNTRY_NAME)
    if not countries:
        country = x509.NameAttribute(NameOID.COUNTRY_NAME, identifier.country)
        return x509.Name([x509.RelativeDistinguishedName([country]), *name.rdns])
    if countries != [identifier.country]:
        raise UsageError(
            f"the subject's country is not that of the organizationIdentifier, which is {identifier.country}",
            hint=f"C={identifier.country}, or leave it out: it is added",
        )
    return name


def _with_identifier(name: x509.Name, identifier: OrganizationIdentifier) -> x509.Name:
    """The subject with the organizationIdentifier, after O where there is one, as certificates have it."""
    if identifier.value in _values(name, NameOID.ORGANIZATION_NAME):
        # EN 319 412-3 section 4.2.1.
        raise UsageError("the subject's O is the organizationIdentifier", hint="O is the company's name")
    there = _values(name, _IDENTIFIER)
    if there:
        if there != [identifier.value]:
            raise UsageError(
                "the subject has another organizationIdentifier than the one that was given",
                hint="leave it out of the subject: it is added",
            )
        return name
    parts = list(name.rdns)
    place = max((number for number, part in enumerate(parts, start=1) if _goes_before(part)), default=0)
    added = x509.RelativeDistinguishedName([x509.NameAttribute(_IDENTIFIER, identifier.value)])
    return x509.Name([*parts[:place], added, *parts[place:]])


def _goes_before(part: x509.RelativeDistinguishedName) -> bool:
    return any(attribute.oid in {NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME} for attribute in part)


def _missing(name: x509.Name) -> Iterator[str]:
    """EN 319 412-3 section 4.2.1: the subject has C, O, organizationIdentifier and CN."""
    needed = {"C": NameOID.COUNTRY_NAME, "O": NameOID.ORGANIZATION_NAME, "CN": NameOID.COMMON_NAME}
    missing = [label for label, oid in needed.items() if not _values(name, oid)]
    if missing:
        yield f"the subject has no {', '.join(missing)}, which the certificate needs: the CA will ask"
