from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from jwttool.encoding import Limit
from jwttool.errors import (
    AmbiguousError,
    JwtToolError,
    MalformedError,
    NoPassphraseError,
    TooLargeError,
    UnsupportedError,
    WrongKindError,
    WrongPassphraseError,
)
from jwttool.keys import check_consistency, is_encrypted, load_private_key, same_public_key
from jwttool.secret import Secret
from tests import issue
from tests import keys_material as material
from tests.tools import run_tool

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey

SECRET = Secret(b"secret")


@pytest.fixture(params=["rsa", "ec"])
def key(
    request: pytest.FixtureRequest, rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> PrivateKey:
    return rsa_key if request.param == "rsa" else ec_key


def refusal(data: bytes, passphrase: Secret | None = None) -> JwtToolError:
    with pytest.raises(JwtToolError) as refused:
        load_private_key(data, passphrase)
    return refused.value


# --- every form that is read --------------------------------------------------


def test_pem_and_der_pkcs8_and_traditional(key: PrivateKey) -> None:
    traditional = "PKCS#1" if isinstance(key, rsa.RSAPrivateKey) else "SEC1"
    label = "RSA PRIVATE KEY" if isinstance(key, rsa.RSAPrivateKey) else "EC PRIVATE KEY"
    for data, form, encoding in [
        (material.pkcs8_der(key), "PKCS#8", "DER"),
        (material.traditional_der(key), traditional, "DER"),
        (material.pem("PRIVATE KEY", material.pkcs8_der(key)), "PKCS#8", "PEM"),
        (material.pem(label, material.traditional_der(key)), traditional, "PEM"),
    ]:
        loaded = load_private_key(data)
        assert (loaded.format, loaded.encoding) == (form, encoding)
        assert (loaded.encryption, loaded.certificates) == (None, ())
        assert same_public_key(loaded.private_key.public_key(), key.public_key())
        assert not is_encrypted(data)


@pytest.mark.parametrize(
    ("command", "form"),
    [
        (["genrsa", "2048"], "PKCS#8"),
        (["genrsa", "-traditional", "2048"], "PKCS#1"),
        (["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "PKCS#8"),
        (["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "PKCS#8"),
        (["ecparam", "-name", "prime256v1", "-genkey"], "SEC1"),
        (["ecparam", "-name", "prime256v1", "-genkey", "-noout"], "SEC1"),
        (["ecparam", "-name", "prime256v1", "-genkey", "-param_enc", "explicit"], "SEC1"),
    ],
)
def test_keys_from_openssl(command: list[str], form: str) -> None:
    pem = run_tool("openssl", *command).stdout
    loaded = load_private_key(pem)
    assert loaded.format == form
    assert check_consistency(loaded.private_key)
    public = run_tool("openssl", "pkey", "-pubout", "-outform", "DER", stdin=pem).stdout
    if "explicit" not in command:
        assert public == material.spki_der(loaded.private_key)


def test_a_passphrase_for_a_key_in_the_clear_is_passed_over(key: PrivateKey) -> None:
    loaded = load_private_key(issue.key_pem(key), SECRET)
    assert same_public_key(loaded.private_key.public_key(), key.public_key())


def test_the_encrypted_key_with_the_right_passphrase(key: PrivateKey) -> None:
    pem = issue.key_pem(key, b"secret")
    assert is_encrypted(pem)
    loaded = load_private_key(pem, SECRET)
    assert same_public_key(loaded.private_key.public_key(), key.public_key())


def test_the_encrypted_key_with_another_passphrase(key: PrivateKey) -> None:
    refused = refusal(issue.key_pem(key, b"secret"), Secret(b"Secret"))
    assert isinstance(refused, WrongPassphraseError)
    assert refused.__cause__ is None
    assert refused.__suppress_context__


@pytest.mark.parametrize("passphrase", [None, Secret(b"")])
def test_the_encrypted_key_without_a_passphrase(key: PrivateKey, passphrase: Secret | None) -> None:
    refused = refusal(issue.key_pem(key, b"secret"), passphrase)
    assert isinstance(refused, NoPassphraseError)
    assert "--passphrase-file" in (refused.hint or "")


# --- files with more than a key -----------------------------------------------


def test_a_key_with_its_certificates_as_nginx_has_it(rsa_key: rsa.RSAPrivateKey) -> None:
    chain = issue.pem(issue.certificate(rsa_key), issue.authority().certificate)
    for data in (chain + issue.key_pem(rsa_key), issue.key_pem(rsa_key) + chain):
        loaded = load_private_key(data)
        assert same_public_key(loaded.private_key.public_key(), rsa_key.public_key())
        assert loaded.certificates == ()


def test_two_private_keys_are_ambiguous(rsa_key: rsa.RSAPrivateKey, other_rsa_key: rsa.RSAPrivateKey) -> None:
    refused = refusal(issue.key_pem(rsa_key) + issue.key_pem(other_rsa_key))
    assert isinstance(refused, AmbiguousError)
    assert refused.message == "2 private keys in one file"


def test_text_around_the_block_is_allowed(rsa_key: rsa.RSAPrivateKey) -> None:
    pem = b"Bag Attributes\n    friendlyName: x\n" + issue.key_pem(rsa_key).replace(b"\n", b"\r\n")
    assert load_private_key(pem).format == "PKCS#8"


# --- what is something else ---------------------------------------------------


def test_a_file_of_another_kind_is_named(
    rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> None:
    authority = issue.authority()
    certificate = issue.certificate(rsa_key)
    request = issue.request(rsa_key)
    pkcs1 = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    for data, what in [
        (issue.pem(certificate), "a certificate"),
        (issue.der(certificate), "a certificate"),
        (request.public_bytes(Encoding.PEM), "a certificate request (CSR)"),
        (issue.der(request), "a certificate request (CSR)"),
        (issue.public_pem(rsa_key), "a public key"),
        (issue.public_pem(ec_key), "a public key"),
        (material.spki_der(ec_key), "a public key"),
        (pkcs1, "a PKCS#1 public key"),
        (issue.revocation_list(authority), "a list of revoked certificates (CRL)"),
        (run_tool("openssl", "ecparam", "-name", "prime256v1").stdout, "a set of key parameters"),
        (material.pem("PGP MESSAGE", b"x"), "a file of an unknown kind"),
        (material.sequence(), "a file of an unknown kind"),
    ]:
        refused = refusal(data)
        assert isinstance(refused, WrongKindError), what
        assert refused.message == f"{what}, where a private key belongs"
    hint = refusal(issue.pem(certificate)).hint
    assert hint == "the private key is the file that was made before the certificate request"


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "a key on the curve P-384"),
        (ec.generate_private_key(ec.SECP521R1()), "a key on the curve P-521"),
        (ec.generate_private_key(ec.SECP256K1()), "a key on the curve secp256k1"),
        (dsa.generate_private_key(1024), "a key of the type DSA"),
        (ed25519.Ed25519PrivateKey.generate(), "a key of the type Ed25519"),
        (x25519.X25519PrivateKey.generate(), "a key of the type X25519"),
    ],
)
def test_a_key_of_a_kind_that_is_not_offered_is_named(key: Any, what: str) -> None:
    for data, passphrase in [(issue.key_pem(key), None), (issue.key_pem(key, b"secret"), SECRET)]:
        refused = refusal(data, passphrase)
        assert isinstance(refused, UnsupportedError)
        assert refused.message == f"{what}, which jwttool does not offer"
        assert "P-256" in (refused.hint or "")


def test_an_openssh_key(ec_key: ec.EllipticCurvePrivateKey) -> None:
    refused = refusal(ec_key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    assert isinstance(refused, UnsupportedError)
    assert refused.message == "an OpenSSH private key, which jwttool does not read"
    assert "ssh-keygen" in (refused.hint or "")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PuTTY-User-Key-File-3: ssh-rsa\n", "a PuTTY private key"),
        (b"ssh-rsa AAAAB3NzaC1yc2E\n", "an SSH public key"),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02", "a Java keystore (JKS)"),
        (material.pem("DSA PRIVATE KEY", b"\x30\x00"), "a DSA private key"),
        (material.pem("TSS2 PRIVATE KEY", b"\x30\x00"), "a private key of a TPM"),
    ],
)
def test_keys_of_other_programs(data: bytes, what: str) -> None:
    refused = refusal(data)
    assert isinstance(refused, UnsupportedError)
    assert refused.message == f"{what}, which jwttool does not read"


# --- what is damaged ----------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b" ", b"\r\n\t"])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    refused = refusal(data)
    assert isinstance(refused, MalformedError)
    assert refused.message == "the key file is empty"


def test_pem_that_ends_too_early(rsa_key: rsa.RSAPrivateKey) -> None:
    pem = issue.key_pem(rsa_key)
    assert "truncated" in refusal(pem[: len(pem) // 2]).message


def test_der_that_ends_too_early(rsa_key: rsa.RSAPrivateKey) -> None:
    der = material.pkcs8_der(rsa_key)
    assert "truncated" in refusal(der[:-1]).message
    assert "truncated" in refusal(der[:3]).message
    assert "truncated" in refusal(material.pem("PRIVATE KEY", der[:-1])).message


def test_der_with_something_behind_it(rsa_key: rsa.RSAPrivateKey) -> None:
    for data in (material.pkcs8_der(rsa_key) + b"\n", material.spki_der(rsa_key) * 2):
        for form in (data, material.pem("PRIVATE KEY", data)):
            assert refusal(form).message == "there is something after the end of the DER structure"


def test_a_foreign_character_inside_the_pem(rsa_key: rsa.RSAPrivateKey) -> None:
    pem = issue.key_pem(rsa_key).replace(b"\nM", b"\n\xc2\xa0M", 1)
    assert isinstance(refusal(pem), MalformedError)


def test_a_label_that_does_not_fit(rsa_key: rsa.RSAPrivateKey) -> None:
    refused = refusal(material.pem("RSA PRIVATE KEY", material.pkcs8_der(rsa_key)))
    assert isinstance(refused, MalformedError)
    assert refused.message == "a PEM block labelled as a PKCS#1 private key holds a PKCS#8 private key"
    encrypted = issue.key_pem(rsa_key, b"secret").replace(b"ENCRYPTED ", b"")
    assert "holds an encrypted PKCS#8 private key" in refusal(encrypted, SECRET).message
    certificate = material.pem("PRIVATE KEY", issue.der(issue.certificate(rsa_key)))
    assert "holds a certificate" in refusal(certificate).message
    plain = material.pem("ENCRYPTED PRIVATE KEY", material.pkcs8_der(rsa_key))
    assert "holds a PKCS#8 private key" in refusal(plain, SECRET).message
    for each in (refused, refusal(plain), refusal(certificate)):
        assert each.__cause__ is None
        assert each.__context__ is None or each.__suppress_context__


def test_a_file_in_utf16(rsa_key: rsa.RSAPrivateKey) -> None:
    refused = refusal(issue.key_pem(rsa_key).decode().encode("utf-16"))
    assert isinstance(refused, MalformedError)
    assert "UTF-16" in (refused.hint or "")


@pytest.mark.parametrize("data", [b"hello", b"\0" * 100, bytes(range(256)), b"0", b"0000"])
def test_something_that_is_no_key_at_all(data: bytes) -> None:
    assert isinstance(refusal(data), MalformedError)


@pytest.mark.parametrize("start", [b"", b"{", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_over_the_limit_is_not_looked_at(start: bytes) -> None:
    data = start.ljust(Limit.KEY + 1, b"A")
    assert isinstance(refusal(data), TooLargeError)
    assert not isinstance(refusal(data[:-1]), TooLargeError)


def test_a_pkcs12_file_may_be_larger_and_not_much() -> None:
    def pkcs12_file(size: int) -> bytes:
        part = material.content_info(material.DATA, material.octets(bytes(size)))
        return material.sequence(material.integer(3), part)

    assert isinstance(refusal(pkcs12_file(Limit.CERTIFICATE)), TooLargeError)
    assert isinstance(refusal(pkcs12_file(Limit.CERTIFICATE - 100)), MalformedError)
    assert isinstance(refusal(material.sequence(material.octets(bytes(Limit.KEY)))), TooLargeError)
    assert isinstance(refusal(material.sequence(material.octets(bytes(Limit.KEY - 100)))), WrongKindError)


def test_the_right_shape_with_the_wrong_content() -> None:
    algorithm = material.sequence(material.name(material.RSA_ENCRYPTION), material.NULL)
    refused = refusal(material.sequence(material.integer(0), algorithm, material.octets(b"x")))
    assert isinstance(refused, MalformedError)
    assert refused.message == "a PKCS#8 private key that is damaged"


# --- numbers that do not belong together --------------------------------------


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi"])
def test_a_damaged_rsa_key_is_found_without_looking_for_primes(
    rsa_key: rsa.RSAPrivateKey, member: str
) -> None:
    numbers = rsa_key.private_numbers()
    assert load_private_key(material.pkcs1(numbers)).format == "PKCS#1"
    value = {"d": "d", "p": "p", "q": "q", "dp": "dmp1", "dq": "dmq1", "qi": "iqmp"}[member]
    damaged = getattr(numbers, value) ^ 1 << 40
    refused = refusal(material.pkcs1(numbers, **{member: damaged}))
    assert isinstance(refused, MalformedError)
    assert "contradict each other" in refused.message


@pytest.mark.parametrize("value", [0, 1])
def test_primes_that_nothing_can_be_divided_by(rsa_key: rsa.RSAPrivateKey, value: int) -> None:
    numbers = rsa_key.private_numbers()
    for member in ("p", "q", "dp", "dq", "qi", "d"):
        assert isinstance(refusal(material.pkcs1(numbers, **{member: value})), MalformedError)


def test_a_key_of_composite_factors_passes_the_arithmetic_and_fails_the_full_check() -> None:
    # 15 and 77 for primes: e*d = 1 modulo 14 and 76 makes every number agree.
    p, q, e = 15, 77, 3
    d = pow(e, -1, 14 * 76)
    composite = rsa.RSAPrivateNumbers(p, q, d, d % 14, d % 76, pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q))
    loaded = load_private_key(material.pkcs1(composite))
    assert not check_consistency(loaded.private_key)


def test_a_sound_key_passes_the_full_check(key: PrivateKey) -> None:
    assert check_consistency(load_private_key(issue.key_pem(key)).private_key)


def test_an_ec_key_whose_halves_do_not_belong_together(ec_key: ec.EllipticCurvePrivateKey) -> None:
    der = material.pkcs8_der(ec_key)
    own, other = (
        each.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        for each in (ec_key, issue.ec_key(1))
    )
    assert own in der
    assert isinstance(refusal(der.replace(own, other)), MalformedError)


def test_a_key_larger_than_openssl_verifies_with(rsa_key: rsa.RSAPrivateKey) -> None:
    refused = refusal(material.pkcs1(rsa_key.private_numbers(), n=2**16384 + 1))
    assert isinstance(refused, UnsupportedError)
    assert refused.message == "an RSA key of 16,385 bits, which jwttool does not offer"


def test_a_key_that_is_restricted_to_pss_is_refused() -> None:
    pem = run_tool("openssl", "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048").stdout
    der = run_tool("openssl", "pkey", "-outform", "DER", stdin=pem).stdout
    for data in (pem, der):
        with pytest.raises(UnsupportedError, match="restricted to RSASSA-PSS") as refused:
            load_private_key(data)
        assert refused.value.hint is not None


def test_the_number_of_pss_elsewhere_restricts_nothing(rsa_key: rsa.RSAPrivateKey) -> None:
    # An attribute of the key (RFC 5958 section 2), with the number of RSASSA-PSS as its value.
    pss = material.name("2a864886f70d01010a")
    attribute = material.sequence(material.name("2a864886f70d010914"), material.tlv(0x31, pss))
    key = material.octets(material.traditional_der(rsa_key))
    algorithm = material.sequence(material.name(material.RSA_ENCRYPTION), material.NULL)
    der = material.sequence(material.integer(0), algorithm, key, material.explicit(attribute))
    loaded = load_private_key(der)
    assert same_public_key(loaded.private_key.public_key(), rsa_key.public_key())
