"""What a bank's portal and a QTSP do: sign a CSR. The certificates are worth nothing outside of here."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jwttool.certificates import access
from jwttool.certificates.usages import KEY_USAGES
from jwttool.csr.read import load_csr, signature_valid
from jwttool.eidas import encode, structures
from jwttool.eidas.asked import describe_eidas_request
from jwttool.eidas.roles import BY_NAME
from jwttool.encoding import printable
from jwttool.errors import InputError, JwtToolError, MalformedError
from jwttool.keys import refuse_weak
from jwttool.keys.boundary import library
from jwttool.sandbox.certificates import standard
from jwttool.sandbox.certificates.recipe import Attribute, Recipe, Signer, self_signed, sign
from jwttool.sandbox.clients import NAME, SandboxClient
from jwttool.sandbox.exchange import Answer, Issued, Kind, Refusal, json_body

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from jwttool.eidas.psd2 import Psd2
    from jwttool.keys import PrivateKey, PublicKey
    from jwttool.sandbox.bank import Bank
    from jwttool.sandbox.exchange import Request
    from jwttool.secret import Secret

CSR: Final = "/sandbox/csr"
VALIDITY: Final = timedelta(days=90)
AUTHORITY: Final = "sandbox"

_AUTHORITY_RECIPE: Final = replace(
    standard.ROOT_RECIPE,
    subject=(
        Attribute(NameOID.COUNTRY_NAME, standard.COUNTRY),
        Attribute(NameOID.ORGANIZATION_NAME, "jwttool sandbox"),
        Attribute(NameOID.COMMON_NAME, "jwttool sandbox CA, worth nothing"),
    ),
    issuer=AUTHORITY,
    path_length=0,
    # What was made a year before is still good to play with; the key lies in the folder all the same.
    first_day=-1,
    last_day=3650,
)
_PEM_TYPE: Final = "application/x-pem-file"


def new_authority_certificate(key: PrivateKey, at: datetime) -> x509.Certificate:
    """The sandbox's root, for ten years."""
    return self_signed(AUTHORITY, _AUTHORITY_RECIPE, key, at)


def server_certificate(
    authority: x509.Certificate, key: PrivateKey, public_key: PublicKey, hosts: Iterable[str], at: datetime
) -> x509.Certificate:
    """The server's own certificate, for names and addresses."""
    names = [_general_name(host) for host in hosts]
    alternative = x509.SubjectAlternativeName(names)
    return (
        _builder(_common_name("jwttool sandbox"), public_key, authority, at)
        .add_extension(alternative, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, public_key: PublicKey, authority: x509.Certificate, at: datetime
) -> x509.CertificateBuilder:
    key_usage = {usage: usage == "digital_signature" for usage in KEY_USAGES}
    issuer_key = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=1))
        .not_valid_after(at + VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**key_usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), critical=False
        )
    )


def certificate_for(
    public_key: PublicKey, common_name: str, authority: x509.Certificate, key: PrivateKey, at: datetime
) -> x509.Certificate:
    """A certificate of this authority without any request for it."""
    return _builder(_common_name(common_name), public_key, authority, at).sign(key, SHA256())


# --- signing what was asked for -------------------------------------------------


def issue(
    request: x509.CertificateSigningRequest,
    system: str,
    authority: x509.Certificate,
    key: PrivateKey,
    at: datetime,
) -> x509.Certificate:
    """A certificate of the kind that the system wants: for TLS, for signing, or a QWAC.

    :raises JwtToolError: a CSR whose signature is wrong, whose key is weak, or that asks for too little.
    """
    if not signature_valid(request):
        raise MalformedError("the CSR is not signed by its own key", hint="make it again")
    public_key = access.public_key(request)
    refuse_weak(public_key)
    if system == "stet":
        return _qwac(request, public_key, Signer(AUTHORITY, authority, key), at)
    with library(MalformedError("the subject of the CSR cannot be taken over")):
        subject = access.subject_name(request)
        builder = _builder(
            subject if list(subject) else _common_name(f"{system} client"), public_key, authority, at
        )
        if system != "worldline":  # that one signs, and makes no connection
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
            builder = builder.add_extension(usage, critical=False)
        return builder.sign(key, SHA256())


def _qwac(
    request: x509.CertificateSigningRequest, public_key: PublicKey, signer: Signer, at: datetime
) -> x509.Certificate:
    """A QWAC of what a PSD2 CSR asks for; the statements that are the CA's to add are added."""
    asked = describe_eidas_request(request)
    qc = None if asked is None or asked.organization_identifier is None else asked.qc
    if qc is None or qc.psd2 is None:
        raise MalformedError(
            "the CSR asks for no QWAC: it has no organizationIdentifier, or no PSD2 statement",
            hint="jwttool csr create --psd2 qwac --organization-identifier ID --role ROLE makes one",
        )
    if "web" not in qc.types:
        raise MalformedError("the CSR asks for another certificate than a QWAC", hint="--psd2 qwac")
    with library(MalformedError("the CSR asks for something that cannot be certified")):
        recipe = Recipe(
            subject=_subject(request),
            issuer=AUTHORITY,
            first_day=0,
            last_day=VALIDITY.days,
            key_usage=("digital_signature",),
            extended_key_usage=("server_auth", "client_auth"),
            dns_names=_dns_names(request) or (standard.HOST,),
            policies=(standard.QNCP_W_GEN, standard.QCP_W_PSD2),
            statements=standard.qualified(structures.WEB, _psd2(qc.psd2)),
        )
        # The serial number follows from the name, which therefore is another one each time.
        return sign(f"{AUTHORITY} {x509.random_serial_number()}", recipe, public_key, signer, at)


def _psd2(psd2: Psd2) -> structures.QcStatement:
    roles = [BY_NAME[name] for name in psd2.role_names if name in BY_NAME]
    if not roles or psd2.nca_name is None or psd2.nca_id is None:
        raise MalformedError("the PSD2 statement of the CSR lacks a known role, or the authority")
    return encode.psd2(roles, psd2.nca_name, psd2.nca_id)


_NEEDED: Final = (
    (NameOID.COUNTRY_NAME, standard.COUNTRY),
    (NameOID.ORGANIZATION_NAME, standard.ORGANIZATION),
    (NameOID.COMMON_NAME, standard.HOST),
)


def _subject(request: x509.CertificateSigningRequest) -> tuple[Attribute, ...]:
    """The subject that was asked for; what a legal person's has to have besides is filled in."""
    asked = [(each.oid, each.value) for each in access.subject_name(request) if isinstance(each.value, str)]
    there = {oid for oid, _ in asked}
    missing = [(oid, value) for oid, value in _NEEDED if oid not in there]
    return tuple(Attribute(oid, value) for oid, value in (*asked, *missing))


def _dns_names(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    names = access.extension(request, x509.SubjectAlternativeName)
    return () if names is None else tuple(names.get_values_for_type(x509.DNSName)[:20])


# --- a client's registration ----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Who wants a certificate: a client that there is, or a new one of a system."""

    name: str | None = None
    system: str | None = None
    client_id: str | None = None
    scopes: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()


_FIELDS: Final = frozenset({"client", "system", "client_id", "scope", "redirect_uri"})
DEFAULT_SCOPES: Final = {"worldline": ("VOP", "WERO"), "stet": ("aisp", "pisp")}
DEFAULT_REDIRECT_URI: Final = "https://tpp.example.com/callback"


def post_csr(request: Request, bank: Bank) -> Answer:
    """Sign the CSR in the body; the answer is the certificate.

    :raises Refusal: it cannot be signed, or who it is for is not clear.
    """
    if request.method != "POST":
        raise Refusal(Kind.METHOD, "request-method: a CSR is POSTed")
    asked = request.parameters()
    unknown = sorted(set(asked) - _FIELDS)
    if unknown:
        raise Refusal(
            Kind.REQUEST, f"sandbox-csr: {printable(unknown[0], 40)} is none of {', '.join(sorted(_FIELDS))}"
        )
    application = Application(
        name=asked.get("client"),
        system=asked.get("system"),
        client_id=asked.get("client_id"),
        scopes=tuple(asked.get("scope", "").split()),
        redirect_uris=(asked["redirect_uri"],) if asked.get("redirect_uri") else (),
    )
    issued = register(request.body, application, bank, request.at)
    client = issued.client
    headers = (
        ("Jwttool-Sandbox-Client", client.name),
        ("Jwttool-Sandbox-Client-Id", _ascii(client.client_id)),
    )
    if (request.header("accept") or "").startswith("application/json"):
        body = json_body(
            {
                "client": client.name,
                "client_id": client.client_id,
                "kid": kid_of(client, issued.certificate),
                "scopes": list(client.scopes),
                "redirect_uris": list(client.redirect_uris),
                "certificate": issued.certificate.decode("ascii"),
            }
        )
        return Answer(status=201, body=body, headers=headers, client=client.name, issued=issued)
    return Answer(
        status=201,
        body=issued.certificate,
        content_type=_PEM_TYPE,
        headers=headers,
        client=client.name,
        issued=issued,
    )


def _ascii(text: str) -> str:
    return printable(text, 200).encode("ascii", "backslashreplace").decode("ascii")


def kid_of(client: SandboxClient, pem: bytes) -> str | None:
    """The kid of an assertion signed with the certificate's key; None where there are no assertions."""
    if client.system != "worldline":
        return None
    from jwttool.certificates import fingerprint

    return client.kid or fingerprint(x509.load_pem_x509_certificate(pem))


def register(data: bytes, application: Application, bank: Bank, at: datetime) -> Issued:
    """Sign a CSR and register its certificate for the client, which is made where there is none.

    :raises Refusal: as :func:`post_csr`.
    """
    try:
        csr = load_csr(data)
        known = None if application.name is None else bank.clients.named(application.name)
        system = known.system if known is not None else _system(application, csr)
        certificate = issue(csr, system, bank.authority, bank.keys.authority, at)
    except JwtToolError as error:
        hint = f" ({error.hint})" if error.hint else ""
        raise Refusal(Kind.REQUEST, f"sandbox-csr: {error.message}{hint}") from None
    new = known is None
    client = known or _new_client(application, system, certificate, bank)
    if client.system != "stet":  # a bank on STET looks at the QWAC, and keeps none
        client = replace(client, certificates=(*client.certificates, certificate)[-_MOST_CERTIFICATES:])
    bank.clients.put(client)
    return Issued(client, certificate.public_bytes(Encoding.PEM), new)


_MOST_CERTIFICATES: Final = 20
_SYSTEMS: Final = ("op", "worldline", "konsentus", "stet")
_MOST_CLIENTS: Final = 500


def _system(application: Application, csr: x509.CertificateSigningRequest) -> str:
    """The system of a new client: as it says, as its name begins, or STET for a PSD2 CSR."""
    if application.system is not None:
        if application.system not in _SYSTEMS:
            raise InputError("there is no system of that name", hint=f"there are {', '.join(_SYSTEMS)}")
        return application.system
    name = application.name or ""
    for system in _SYSTEMS:
        if name == system or name.startswith(f"{system}-"):
            return system
    if describe_eidas_request(csr) is not None:
        return "stet"
    raise InputError(
        "which system the client is of is not clear",
        hint=f"name one of the clients there are, or system={'|'.join(_SYSTEMS)}",
    )


def _new_client(
    application: Application, system: str, certificate: x509.Certificate, bank: Bank
) -> SandboxClient:
    name = application.name or f"{system}-{bank.identifier()[:8]}"
    if not NAME.fullmatch(name):
        raise Refusal(Kind.REQUEST, "sandbox-csr: a client's name is of letters, digits, _ and -, at most 64")
    if not all(map(_is_plain, (application.client_id or "x", *application.scopes))):
        raise Refusal(
            Kind.REQUEST, "sandbox-csr: client_id and scope are of visible ASCII, at most 256 characters"
        )
    if not all(_URI.fullmatch(uri) for uri in application.redirect_uris):
        raise Refusal(
            Kind.REQUEST, "sandbox-csr: redirect_uri is no absolute http or https URL without fragment"
        )
    if len(bank.clients) >= _MOST_CLIENTS:
        raise Refusal(Kind.REQUEST, f"sandbox-csr: there are {_MOST_CLIENTS} clients already")
    client_id = application.client_id or _client_id(system, certificate, bank)
    if bank.clients.find(system, client_id) is not None:
        raise Refusal(
            Kind.REQUEST, "sandbox-csr: there is a client of that client_id; name it with client=NAME"
        )
    secret = new_secret(bank) if system in {"op", "konsentus"} else None
    return SandboxClient(
        name=name,
        system=system,
        client_id=client_id,
        secret=secret,
        ccg_token=new_secret(bank) if system == "konsentus" else None,
        scopes=application.scopes or DEFAULT_SCOPES.get(system, ()),
        redirect_uris=application.redirect_uris
        or ((DEFAULT_REDIRECT_URI,) if system in {"konsentus", "stet"} else ()),
        fi_reference_id=f"FI-{bank.identifier()[:8]}" if system == "konsentus" else None,
        version="1.0" if system == "konsentus" else None,
    )


_PLAIN: Final = re.compile(r"[!-~]{1,256}")
_URI: Final = re.compile(r"https?://[!-\"$-~]{1,1000}")


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None


def _client_id(system: str, certificate: x509.Certificate, bank: Bank) -> str:
    if system == "stet":
        attributes = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
        return str(attributes[0].value)
    return f"Worldline-{bank.identifier()[:8]}" if system == "worldline" else bank.identifier()


def new_secret(bank: Bank) -> Secret:
    """A client secret of 256 random bits."""
    from jwttool.secret import Secret

    return Secret(bank.random(32).hex().encode("ascii"))
