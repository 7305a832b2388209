"""Certificate signing requests: made, refused, read, described; openssl agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from jwttool.csr import USAGES, KeyUsageChoice, create_csr, describe_csr, load_csr, parse_subject
from jwttool.encoding import Limit
from jwttool.errors import (
    AmbiguousError,
    JwtToolError,
    MalformedError,
    SignatureFaultError,
    TooLargeError,
    UsageError,
    WeakKeyError,
    WrongKindError,
)
from tests import issue
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

KEY = issue.rsa_key()


# --- made ---------------------------------------------------------------------


@pytest.mark.parametrize("key", [issue.rsa_key(), issue.ec_key()], ids=["rsa", "ec"])
def test_openssl_verifies_what_is_made(key: Any, tmp_path: Path) -> None:
    path = tmp_path / "c.csr"
    path.write_bytes(
        create_csr(
            key,
            subject="CN=client.example,organizationIdentifier=PSDFI-FINFSA-1234567-8,O=Ex\\, ample Oy,C=FI",
            dns_names=["client.example", "*.client.example"],
            key_usage=USAGES["tls"],
        )
    )

    done = run_tool("openssl", "req", "-verify", "-noout", "-text", "-nameopt", "RFC2253", "-in", path)

    said = done.stdout.decode() + done.stderr.decode()
    assert "verify OK" in said
    assert "2.5.4.97" in said or "organizationIdentifier=PSDFI-FINFSA-1234567-8" in said
    assert "CN=client.example" in said
    assert "O=Ex\\, ample Oy,C=FI" in said
    assert "DNS:client.example, DNS:*.client.example" in said
    assert "Digital Signature" in said
    assert "TLS Web Client Authentication" in said
    assert "SHA256" in said or "sha256" in said


def test_the_plainest_request_has_nothing_but_the_key() -> None:
    request = load_csr(create_csr(KEY))

    assert request.subject == x509.Name([])
    assert list(request.extensions) == []
    assert request.public_key() == KEY.public_key()
    assert isinstance(request.signature_hash_algorithm, SHA256)
    assert request.is_signature_valid


def test_a_name_is_taken_as_it_is() -> None:
    assert load_csr(create_csr(KEY, subject=issue.name("x"))).subject == issue.name("x")


def test_key_usage_is_critical_and_extended_key_usage_is_not() -> None:
    extensions = load_csr(create_csr(KEY, key_usage=USAGES["tls"])).extensions

    assert extensions.get_extension_for_class(x509.KeyUsage).critical
    assert not extensions.get_extension_for_class(x509.ExtendedKeyUsage).critical


@pytest.mark.parametrize("choice", [{"key_usage": ("signing",)}, {"extended": ("clientAuth",)}])
def test_an_unknown_usage_is_refused(choice: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(UsageError, match="no key usage of that name"):
        KeyUsageChoice(**choice)


class TokenKey(rsa.RSAPrivateKey):
    """A key that signs and shows its public half, and nothing else: as in a token (HSM)."""

    def __init__(self, signer: rsa.RSAPrivateKey, public: rsa.RSAPublicKey) -> None:
        self._signer, self._public = signer, public
        self.signatures = 0

    def sign(self, *arguments: Any) -> bytes:
        self.signatures += 1
        return self._signer.sign(*arguments)

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def decrypt(self, *arguments: Any) -> bytes:
        raise NotImplementedError

    def private_numbers(self) -> rsa.RSAPrivateNumbers:
        raise NotImplementedError

    def private_bytes(self, *arguments: Any) -> bytes:
        raise NotImplementedError

    def __copy__(self) -> TokenKey:
        return self

    def __deepcopy__(self, memo: Any) -> TokenKey:
        return self


def test_a_key_that_does_not_export_signs() -> None:
    key = TokenKey(KEY, KEY.public_key())

    assert load_csr(create_csr(key)).is_signature_valid
    assert key.signatures == 1


def test_a_faulty_signature_does_not_leave() -> None:
    with pytest.raises(SignatureFaultError):
        create_csr(TokenKey(issue.rsa_key(1), KEY.public_key()))


def test_a_weak_key_is_refused_before_it_signs(weak_rsa_key: rsa.RSAPrivateKey) -> None:
    key = TokenKey(weak_rsa_key, weak_rsa_key.public_key())

    with pytest.raises(WeakKeyError):
        create_csr(key)
    assert key.signatures == 0


# --- subjects -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []),
        ("CN=a", [(NameOID.COMMON_NAME, "a")]),
        # RFC 4514 section 2.1: the string is the reverse of the encoding.
        ("CN=a,O=b", [(NameOID.ORGANIZATION_NAME, "b"), (NameOID.COMMON_NAME, "a")]),
        ("CN=a, O=b", [(NameOID.ORGANIZATION_NAME, "b"), (NameOID.COMMON_NAME, "a")]),
        ("cn=a,o=b", [(NameOID.ORGANIZATION_NAME, "b"), (NameOID.COMMON_NAME, "a")]),
        (r"O=a\, b\\", [(NameOID.ORGANIZATION_NAME, "a, b\\")]),
        (r"O=a\2Cb", [(NameOID.ORGANIZATION_NAME, "a,b")]),
        ("O=Yhtiö Åbo", [(NameOID.ORGANIZATION_NAME, "Yhtiö Åbo")]),
        (r"O=Lu\C4\8Di\C4\87", [(NameOID.ORGANIZATION_NAME, "Lučić")]),
        ("organizationIdentifier=PSDFI-X-1", [(NameOID.ORGANIZATION_IDENTIFIER, "PSDFI-X-1")]),
        ("ORGANIZATIONIDENTIFIER=PSDFI-X-1", [(NameOID.ORGANIZATION_IDENTIFIER, "PSDFI-X-1")]),
        ("2.5.4.97=PSDFI-X-1", [(NameOID.ORGANIZATION_IDENTIFIER, "PSDFI-X-1")]),
        ("O=a=b", [(NameOID.ORGANIZATION_NAME, "a=b")]),
    ],
)
def test_subjects(text: str, pairs: list[tuple[x509.ObjectIdentifier, str]]) -> None:
    assert [(each.oid, each.value) for each in parse_subject(text)] == pairs


def test_several_attributes_in_one_part() -> None:
    [part] = parse_subject("CN=a+serialNumber=1").rdns

    assert {(each.oid, each.value) for each in part} == {
        (NameOID.COMMON_NAME, "a"),
        (NameOID.SERIAL_NUMBER, "1"),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CN=a,", "no NAME=VALUE at character 6"),
        (",CN=a", "no NAME=VALUE at character 1"),
        ("CN", "no NAME=VALUE at character 1"),
        ("CN=a, O", "no NAME=VALUE at character 7"),
        ("CN = a", "no NAME=VALUE at character 1"),
        ("CN=a,XYZ=b", "unknown attribute name at character 6"),
        ("CN=a,O=b;c", "cannot be read at character 6"),
        ('O="a, b"', "no NAME=VALUE at character 7"),
        ("O=a\\", "cannot be read at character 1"),
        (r"O=\zz", "cannot be read at character 1"),
        (r"O=\FF", "cannot be read at character 1"),
        ("9.9.9=a", "cannot be read at character 1"),
        ("CN=" + "a" * 65, "cannot be read at character 1"),
        ("O=a,CN=", "character 5"),
        ("O=", "the attribute at character 1 of the subject has no value"),
        ("CN=a,C=FIN", "character 6"),
        ("C=fi", "no country code of two capital letters"),
        ("CN=Ex,C=FIN", "character 7 of the subject is no country code of two capital letters"),
        ("CN=Ex+C=F", "no country code of two capital letters"),
        ("CN=Ex+C=FI+L=", "has no value"),
        ("C=ÄÖ", "character 1"),
        ("CN=a\x1b[31m", "control character at character 5"),
        ("CN=a\u202eb", "control character at character 5"),
        (r"CN=a\1B", "control character in its value"),
        ("/CN=a/O=b", "slashes"),
        ("CN=a+CN=a", "cannot be read at character 1"),
        ("CN=" + "a" * 5000, "longer than the limit"),
    ],
)
def test_a_subject_that_cannot_be_read_says_where(text: str, message: str) -> None:
    with pytest.raises(MalformedError) as error:
        parse_subject(text)
    assert message in error.value.message


@given(st.text(max_size=60) | st.text(alphabet='CNO=,+\\ ab#"2.5;', max_size=40))
def test_any_subject_is_a_name_or_our_error(text: str) -> None:
    try:
        name = parse_subject(text)
    except JwtToolError:
        return
    assert isinstance(name, x509.Name)


# --- DNS names ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is empty"),
        (" ", "is no DNS name"),
        ("a b.example", "is no DNS name"),
        ("a.example\n", "is no DNS name"),
        ("a\x00.example", "is no DNS name"),
        ("https://a.example", "is no DNS name"),
        ("a.example:443", "is no DNS name"),
        ("a.example/", "is no DNS name"),
        ("a..example", "is no DNS name"),
        ("a.example.", "is no DNS name"),
        ("-a.example", "is no DNS name"),
        ("a_b.example", "is no DNS name"),
        ("a" * 64 + ".example", "is no DNS name"),
        (".".join(["a" * 49] * 5) + ".aaaa", "longer than 253"),
        ("a.*.example", "is no DNS name"),
        ("a*.example", "is no DNS name"),
        ("*.*.example", "is no DNS name"),
        ("*.example", "whole top-level domain"),
        ("*", "whole top-level domain"),
        ("bücher.example", "outside ASCII"),
        ("192.0.2.1", "IP address"),
    ],
)
def test_what_is_no_dns_name_is_refused_before_the_key_is_touched(name: str, message: str) -> None:
    key = TokenKey(KEY, KEY.public_key())

    with pytest.raises(MalformedError) as error:
        create_csr(key, dns_names=["good.example", name])
    assert error.value.message.startswith("DNS name 2 ")
    assert message in error.value.message
    assert key.signatures == 0


def test_dns_names_are_in_lower_case_and_each_once() -> None:
    request = load_csr(
        create_csr(KEY, dns_names=["A.example", "a.example", "xn--bcher-kva.example", "1.example"])
    )
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert names.get_values_for_type(x509.DNSName) == ["a.example", "xn--bcher-kva.example", "1.example"]


def test_the_longest_dns_name_and_the_most_of_them() -> None:
    longest = ".".join(["a" * 49] * 5) + ".aaa"
    assert len(longest) == 253
    create_csr(KEY, dns_names=[longest])
    with pytest.raises(MalformedError, match="more than the limit of 100"):
        create_csr(KEY, dns_names=[f"a{number}.example" for number in range(101)])


# --- read ---------------------------------------------------------------------

REQUEST = issue.request(KEY)
PEM = REQUEST.public_bytes(Encoding.PEM)
DER = REQUEST.public_bytes(Encoding.DER)


NEW_PEM = PEM.replace(b"BEGIN C", b"BEGIN NEW C").replace(b"END C", b"END NEW C")


@pytest.mark.parametrize("data", [PEM, DER, NEW_PEM])
def test_requests_are_read(data: bytes) -> None:
    assert load_csr(data) == REQUEST


def test_openssls_request_is_read_and_described(tmp_path: Path) -> None:
    key, path = tmp_path / "k.key", tmp_path / "c.csr"
    run_tool("openssl", "genrsa", "-out", key, "2048")
    config = tmp_path / "c.cnf"
    config.write_text(
        "[req]\nprompt = no\ndistinguished_name = dn\nattributes = at\nreq_extensions = ext\n"
        "[dn]\nC = FI\nCN = from openssl\n[at]\nchallengePassword = hunter2hunter2\n"
        "[ext]\nkeyUsage = critical, digitalSignature\nextendedKeyUsage = clientAuth\n"
        "subjectAltName = DNS:a.example\nsubjectKeyIdentifier = hash\n"
    )
    run_tool("openssl", "req", "-new", "-key", key, "-config", config, "-out", path)

    described = describe_csr(load_csr(path.read_bytes()))

    assert described.subject == "CN=from openssl,C=FI"
    assert str(described.key) == "RSA, 2,048 bits"
    assert described.signature_algorithm == "sha256WithRSAEncryption"
    assert described.signature_valid
    assert described.use is not None
    assert described.use.key_usage == ("digitalSignature",)
    assert described.use.extended_key_usage == ("clientAuth",)
    assert described.use.alternative_names == ("DNS:a.example",)
    assert described.other_extensions == ("2.5.29.14",)
    assert described.other_attributes == ("1.2.840.113549.1.9.7",)
    assert described.faults == ()
    assert "hunter2" not in repr(described)


def test_a_request_that_was_changed_is_told() -> None:
    changed = load_csr(DER.replace(b"client.example", b"cliemt.example"))

    assert describe_csr(changed).subject == "CN=cliemt.example,O=Example Oy,C=FI"
    assert not describe_csr(changed).signature_valid


def test_a_damaged_extension_does_not_hide_the_rest() -> None:
    damaged = x509.UnrecognizedExtension(x509.KeyUsage.oid, b"\xff")
    builder = x509.CertificateSigningRequestBuilder(issue.name("x")).add_extension(damaged, critical=False)

    described = describe_csr(builder.sign(KEY, SHA256()))

    assert described.faults == ("an extension of the request cannot be read: it is damaged",)
    assert described.subject == "CN=x,O=Example Oy,C=FI"
    assert described.use is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"hello", "neither PEM nor DER"),
        (DER[:-1], "truncated"),
        (DER + b"\n", "after the end"),
        (b"\x30\x00", "damaged"),
        (PEM[:-60], "truncated"),
        (PEM.replace(b"\n", b"!\n", 2), "boundary"),
        (b"-----BEGIN ", "boundary"),
    ],
)
def test_damage_is_malformed(data: bytes, message: str) -> None:
    with pytest.raises(MalformedError) as error:
        load_csr(data)
    assert message in error.value.message
    assert "hello" not in f"{error.value.message} {error.value.hint}"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (issue.key_pem(KEY), "private key"),
        (issue.public_pem(KEY), "a public key"),
        (issue.pem(issue.certificate(KEY)), "a certificate"),
        (issue.der(issue.certificate(KEY)), "a certificate"),
        (issue.revocation_list(issue.authority()), "CRL"),
    ],
)
def test_something_else_is_named(data: bytes, words: str) -> None:
    with pytest.raises(WrongKindError) as error:
        load_csr(data)
    assert words in error.value.message
    assert error.value.message.endswith("where a certificate signing request belongs")


def test_two_requests_and_too_much() -> None:
    with pytest.raises(AmbiguousError):
        load_csr(PEM + PEM)
    with pytest.raises(TooLargeError):
        load_csr(b"x" * (Limit.CSR + 1))


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 255)), min_size=1, max_size=5))
def test_mutations_raise_only_our_errors(changes: list[tuple[int, int]]) -> None:
    mutable = bytearray(DER)
    for position, value in changes:
        mutable[position % len(mutable)] = value
    try:
        request = load_csr(bytes(mutable))
    except JwtToolError:
        return
    described = describe_csr(request)
    assert bytes(mutable) == DER or not described.signature_valid
