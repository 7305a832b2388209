from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from jwttool.errors import JwtToolError, MalformedError, UnsupportedError, UsageError, WrongKindError
from jwttool.keys import (
    MAX_PBKDF2_ROUNDS,
    PBKDF2_ROUNDS,
    KeyEncryption,
    encrypt_pkcs8,
    is_encrypted,
    load_private_key,
    plain_pkcs8,
    read_encryption,
    same_public_key,
)
from jwttool.keys import load as load_module
from jwttool.secret import Secret
from tests import keys_material as material
from tests.tools import run_tool

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey

PASSPHRASE = "correct horse battery staple"
JAVA = Path(__file__).parent / "java"


@pytest.fixture(params=["rsa", "ec"])
def key(
    request: pytest.FixtureRequest, rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> PrivateKey:
    return rsa_key if request.param == "rsa" else ec_key


@pytest.fixture(scope="module")
def encrypted(rsa_key: rsa.RSAPrivateKey) -> bytes:
    return encrypt_pkcs8(rsa_key, Secret.from_text(PASSPHRASE))


# --- what is written ----------------------------------------------------------


def test_cryptography_reads_what_is_written(key: PrivateKey) -> None:
    pem = encrypt_pkcs8(key, Secret.from_text(PASSPHRASE))
    read: Any = load_pem_private_key(pem, PASSPHRASE.encode())
    assert read.private_numbers() == key.private_numbers()
    with pytest.raises(ValueError, match="password"):
        load_pem_private_key(pem, b"another")


def test_it_is_armoured_as_rfc_7468_says(encrypted: bytes) -> None:
    first, *lines, last, empty = encrypted.decode("ascii").split("\n")
    assert first == "-----BEGIN ENCRYPTED PRIVATE KEY-----"
    assert last == "-----END ENCRYPTED PRIVATE KEY-----"
    assert empty == ""
    assert all(len(line) == 64 for line in lines[:-1])
    assert 0 < len(lines[-1]) <= 64


def test_its_parameters_are_those_promised(encrypted: bytes) -> None:
    parsed = run_tool("openssl", "asn1parse", stdin=encrypted).stdout.decode()
    for name in ("PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc"):
        assert f":{name}" in parsed
    assert "INTEGER           :0927C0" in parsed  # 600,000
    lengths = re.findall(r"l= *(\d+) prim: +OCTET STRING", parsed)
    assert lengths[:2] == ["16", "16"]  # salt and iv


def test_salt_and_iv_are_new_every_time(ec_key: ec.EllipticCurvePrivateKey) -> None:
    first, second = (encrypt_pkcs8(ec_key, Secret.from_text(PASSPHRASE)) for _ in range(2))
    assert first != second


@pytest.mark.parametrize("passphrase", ["x", PASSPHRASE, "päßwörd €", "a" * 1023])
def test_openssl_reads_what_is_written(
    ec_key: ec.EllipticCurvePrivateKey, tmp_path: Path, passphrase: str
) -> None:
    (tmp_path / "passphrase").write_text(passphrase, encoding="utf-8")
    pem = encrypt_pkcs8(ec_key, Secret.from_text(passphrase))
    read = run_tool("openssl", "pkey", "-passin", f"file:{tmp_path / 'passphrase'}", stdin=pem).stdout
    assert read == plain_pkcs8(ec_key)


def test_openssl_does_not_read_it_with_another_passphrase(encrypted: bytes) -> None:
    assert run_tool("openssl", "pkey", "-passin", "pass:another", stdin=encrypted, check=False).returncode


def test_java_reads_what_is_written(rsa_key: rsa.RSAPrivateKey, encrypted: bytes, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(encrypted)
    read = run_tool("java", JAVA / "ReadEncryptedKey.java", file, PASSPHRASE)
    assert bytes.fromhex(read.stdout.decode().strip()) == material.pkcs8_der(rsa_key)
    assert run_tool("java", JAVA / "ReadEncryptedKey.java", file, "another", check=False).returncode


def test_jwttool_reads_what_it_wrote(key: PrivateKey) -> None:
    pem = encrypt_pkcs8(key, Secret.from_text(PASSPHRASE))
    loaded = load_private_key(pem, Secret.from_text(PASSPHRASE))
    assert same_public_key(loaded.private_key.public_key(), key.public_key())
    assert (loaded.format, loaded.encoding) == ("PKCS#8", "PEM")
    assert loaded.encryption == KeyEncryption("PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC", 600_000)
    assert not loaded.encryption.too_few


@pytest.mark.parametrize(
    ("passphrase", "reason"),
    [
        (b"", "an empty passphrase encrypts nothing"),
        (b"a" * 1024, "the passphrase is longer than 1,023 bytes: openssl could not read the key"),
        (b"a\0b", "the passphrase holds a NUL character: openssl could not read the key"),
    ],
)
def test_a_passphrase_that_would_be_of_no_use(
    ec_key: ec.EllipticCurvePrivateKey, passphrase: bytes, reason: str
) -> None:
    with pytest.raises(UsageError) as refused:
        encrypt_pkcs8(ec_key, Secret(passphrase))
    assert refused.value.message == reason


def test_an_unencrypted_key_is_what_openssl_writes(key: PrivateKey) -> None:
    pem = plain_pkcs8(key)
    assert run_tool("openssl", "pkey", stdin=pem).stdout == pem
    loaded = load_private_key(pem)
    assert loaded.encryption is None
    assert same_public_key(loaded.private_key.public_key(), key.public_key())


# --- what is read, without the passphrase -------------------------------------


@pytest.mark.parametrize(
    ("options", "encryption", "too_few"),
    [
        (["-v2", "aes-256-cbc"], KeyEncryption("PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC", 2048), True),
        (
            ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512", "-iter", "599999"],
            KeyEncryption("PBES2 with PBKDF2-HMAC-SHA512, AES-128-CBC", 599_999),
            True,
        ),
        (
            ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1", "-iter", "600000"],
            KeyEncryption("PBES2 with PBKDF2-HMAC-SHA1, AES-256-CBC", 600_000),
            False,
        ),
        (
            ["-scrypt"],
            KeyEncryption("PBES2 with scrypt (N=16384, r=8, p=1), AES-256-CBC", None),
            False,
        ),
        (
            ["-v1", "PBE-SHA1-3DES"],
            KeyEncryption("PKCS#12 PBE with SHA-1, 3DES-CBC", 2048, outdated=True),
            True,
        ),
    ],
)
def test_the_encryption_of_keys_from_openssl(
    ec_key: ec.EllipticCurvePrivateKey, options: list[str], encryption: KeyEncryption, *, too_few: bool
) -> None:
    plain = plain_pkcs8(ec_key)
    pem = run_tool("openssl", "pkcs8", "-topk8", *options, "-passout", "pass:secret", stdin=plain).stdout
    assert read_encryption(pem) == encryption
    assert encryption.too_few is too_few
    assert is_encrypted(pem)
    loaded = load_private_key(pem, Secret(b"secret"))
    assert loaded.encryption == encryption
    assert same_public_key(loaded.private_key.public_key(), ec_key.public_key())
    der = run_tool("openssl", "asn1parse", "-noout", "-out", "/dev/stdout", stdin=pem).stdout
    assert read_encryption(der) == encryption
    assert load_private_key(der, Secret(b"secret")).encoding == "DER"


def test_the_old_encryption_of_openssl(rsa_key: rsa.RSAPrivateKey) -> None:
    pem = run_tool(
        "openssl", "rsa", "-aes256", "-traditional", "-passout", "pass:secret", stdin=plain_pkcs8(rsa_key)
    ).stdout
    assert b"DEK-Info" in pem
    encryption = KeyEncryption("legacy PEM with MD5, AES-256-CBC", 1, outdated=True)
    assert read_encryption(pem) == encryption
    assert encryption.too_few
    assert is_encrypted(pem)
    loaded = load_private_key(pem, Secret(b"secret"))
    assert (loaded.format, loaded.encryption) == ("PKCS#1", encryption)
    assert same_public_key(loaded.private_key.public_key(), rsa_key.public_key())


def test_a_key_in_the_clear_has_no_encryption(key: PrivateKey) -> None:
    assert read_encryption(plain_pkcs8(key)) is None
    assert read_encryption(material.pkcs8_der(key)) is None
    assert read_encryption(material.traditional_der(key)) is None
    assert not is_encrypted(plain_pkcs8(key))


def test_a_public_key_has_no_encryption_to_tell_of(key: PrivateKey) -> None:
    with pytest.raises(WrongKindError):
        read_encryption(material.spki_der(key))


# --- what would cost too much -------------------------------------------------


@pytest.fixture
def no_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may reach the library: refusing is to be cheap."""

    def reached(*_: object, **__: object) -> None:
        pytest.fail("the key derivation was reached")

    for name in ("load_der_private_key", "load_pem_private_key"):
        monkeypatch.setattr(load_module, name, reached)


@pytest.mark.usefixtures("no_derivation")
@pytest.mark.parametrize(
    ("algorithm", "reason"),
    [
        (
            material.pbkdf2(30_000_000),
            "30,000,000 rounds of key derivation, more than the limit of 2,000,000",
        ),
        (
            material.pbkdf2(MAX_PBKDF2_ROUNDS + 1),
            "2,000,001 rounds of key derivation, more than the limit of 2,000,000",
        ),
        (
            material.pbkdf2(2**63 - 1),
            "9,223,372,036,854,775,807 rounds of key derivation, more than the limit of 2,000,000",
        ),
        (
            material.pbe(material.PBE_SHA1_3DES, 30_000_000),
            "30,000,000 rounds of key derivation, more than the limit of 2,000,000",
        ),
        (
            material.scrypt(2**16),
            "scrypt with 67,108,864 bytes of memory, more than the limit of 33,554,432",
        ),
        (material.scrypt(2**14, 8, 17), "scrypt with p = 17, more than the limit of 16"),
    ],
)
@pytest.mark.parametrize("armoured", [True, False])
def test_a_costly_key_is_refused_before_it_is_computed(
    algorithm: bytes, reason: str, *, armoured: bool
) -> None:
    data = material.encrypted_key(algorithm)
    if armoured:
        data = material.pem("ENCRYPTED PRIVATE KEY", data)
    for passphrase in (Secret(b"secret"), None):
        with pytest.raises(UnsupportedError) as refused:
            load_private_key(data, passphrase)
        assert refused.value.message == reason
        assert refused.value.hint is not None
    encryption = read_encryption(data)
    assert encryption is not None
    assert encryption.excess == reason
    assert not is_encrypted(data)  # asking for a passphrase would be in vain


@pytest.mark.parametrize(
    "algorithm",
    [material.pbkdf2(1), material.pbkdf2(MAX_PBKDF2_ROUNDS), material.scrypt(2**15, 8, 16)],
)
def test_what_is_just_affordable_goes_on_to_the_library(
    monkeypatch: pytest.MonkeyPatch, algorithm: bytes
) -> None:
    reached: list[bytes] = []

    def load(der: bytes, *_: object, **__: object) -> None:
        reached.append(der)
        raise ValueError("the library's own word")

    monkeypatch.setattr(load_module, "load_der_private_key", load)
    data = material.encrypted_key(algorithm)
    with pytest.raises(JwtToolError) as refused:
        load_private_key(data, Secret(b"secret"))
    assert refused.value.code == "wrong-passphrase"
    assert reached == [data]


@pytest.mark.usefixtures("no_derivation")
@pytest.mark.parametrize(
    "algorithm",
    [
        material.pbkdf2(0),
        material.pbkdf2(-1),
        material.pbkdf2(2**64),
        material.pbkdf2(2**100_000),
        material.scrypt(2**70),
        material.sequence(material.name(material.PBES2)),
        material.sequence(material.name(material.PBES2), material.NULL),
        material.sequence(material.name(material.PBES2), material.sequence(material.NULL, material.NULL)),
        material.sequence(material.name(material.PBE_MD5_DES), material.sequence(material.integer(1))),
        material.sequence(material.name(material.PBE_MD5_DES)),
    ],
)
def test_damaged_parameters(algorithm: bytes) -> None:
    data = material.encrypted_key(algorithm)
    with pytest.raises(MalformedError):
        load_private_key(data, Secret(b"secret"))
    with pytest.raises(MalformedError):
        read_encryption(data)
    assert not is_encrypted(data)


@pytest.mark.usefixtures("no_derivation")
@pytest.mark.parametrize("algorithm", [material.sequence(), material.sequence(material.NULL), b""])
def test_an_encryption_without_a_name(algorithm: bytes) -> None:
    data = material.encrypted_key(algorithm)
    with pytest.raises(WrongKindError, match="unknown kind"):
        load_private_key(data, Secret(b"secret"))
    with pytest.raises(MalformedError) as refused:
        load_private_key(material.pem("ENCRYPTED PRIVATE KEY", data), Secret(b"secret"))
    assert refused.value.message == "an encrypted PKCS#8 private key that is damaged"


@pytest.mark.usefixtures("no_derivation")
@pytest.mark.parametrize(
    "algorithm",
    [
        material.sequence(material.name("2a0304"), material.NULL),
        material.pbkdf2(2048, "2a0304"),
        material.pbkdf2(2048).replace(bytes.fromhex(material.PBKDF2), bytes.fromhex("2a864886f70d01057f")),
        material.pbkdf2(2048).replace(
            bytes.fromhex(material.AES_256_CBC), bytes.fromhex("60864801650304017f")
        ),
    ],
)
def test_an_encryption_whose_cost_cannot_be_told_goes_no_further(algorithm: bytes) -> None:
    with pytest.raises(UnsupportedError) as refused:
        load_private_key(material.encrypted_key(algorithm), Secret(b"secret"))
    assert "openssl pkcs8" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("options", "works"),
    [
        (["-v1", "PBE-MD5-DES"], True),
        (["-v1", "PBE-SHA1-RC2-40"], True),
        (["-v1", "PBE-SHA1-RC4-128"], True),
        (["-v1", "PBE-SHA1-2DES"], False),
        (["-v1", "PBE-SHA1-DES"], False),
        (["-v2", "des3"], True),
        (["-v2", "rc2-cbc"], False),
        (["-v2", "aes-256-ofb"], False),
        (["-v2", "aes256", "-v2prf", "hmacWithSHA512-256"], False),
    ],
)
def test_old_schemes_are_opened_or_refused_by_their_name(
    ec_key: ec.EllipticCurvePrivateKey, options: list[str], *, works: bool
) -> None:
    providers = ["-provider", "legacy", "-provider", "default"]
    made = run_tool(
        "openssl", "pkcs8", "-topk8", *providers, *options, "-passout", "pass:secret",
        stdin=plain_pkcs8(ec_key), check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("this openssl has no legacy provider")
    assert is_encrypted(made.stdout) is works
    if works:
        loaded = load_private_key(made.stdout, Secret(b"secret"))
        assert same_public_key(loaded.private_key.public_key(), ec_key.public_key())
        with pytest.raises(JwtToolError) as refused:
            load_private_key(made.stdout, Secret(b"another"))
        assert refused.value.code == "wrong-passphrase"
    else:
        with pytest.raises(UnsupportedError) as refused:
            load_private_key(made.stdout, Secret(b"secret"))
        assert "openssl pkcs8" in (refused.value.hint or "")


@pytest.mark.parametrize(
    "vector", [material.octets(b""), material.octets(b"i" * 15), material.octets(b"i" * 17)]
)
def test_a_vector_of_the_wrong_length_would_make_the_library_panic(
    vector: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    derivation = material.sequence(
        material.name(material.PBKDF2), material.sequence(material.octets(b"salt"), material.integer(1))
    )
    cipher = material.sequence(material.name(material.AES_256_CBC), vector)
    algorithm = material.sequence(material.name(material.PBES2), material.sequence(derivation, cipher))
    with pytest.raises(MalformedError, match="initialisation vector"):
        load_private_key(material.encrypted_key(algorithm), Secret(b"secret"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (b"DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEE", "initialisation vector"),
        (b"DEK-Info: AES-256-CBC,", "initialisation vector"),
        (b"DEK-Info: DES-EDE3-CBC,00112233445566778899AABBCCDDEEFF", "initialisation vector"),
        (b"DEK-Info: AES-256-CBC", "does not say"),
        (b"DEK-Info: AES-256-CBC," + b"00" * 16 + b"\nDEK-Info: AES-256-CBC,00", "does not say once"),
    ],
)
def test_the_same_for_the_old_encryption(
    headers: bytes, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    start = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
    pem = start + headers + b"\n\nQUJDREVGR0hJSktMTU5PUA==\n-----END RSA PRIVATE KEY-----\n"
    with pytest.raises(MalformedError, match=reason):
        load_private_key(pem, Secret(b"secret"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("cipher", "works"), [("aes128", True), ("des3", True), ("aes192", False)])
def test_old_pem_ciphers_are_opened_or_refused_by_their_name(
    rsa_key: rsa.RSAPrivateKey, cipher: str, *, works: bool
) -> None:
    plain = plain_pkcs8(rsa_key)
    pem = run_tool(
        "openssl", "rsa", "-traditional", f"-{cipher}", "-passout", "pass:secret", stdin=plain
    ).stdout
    assert is_encrypted(pem) is works
    if works:
        assert load_private_key(pem, Secret(b"secret")).format == "PKCS#1"
    else:
        with pytest.raises(UnsupportedError, match="cipher"):
            load_private_key(pem, Secret(b"secret"))
    with pytest.raises(MalformedError, match="DEK-Info"):
        load_private_key(pem.replace(b"DEK-Info", b"Proc-Type"), Secret(b"secret"))


def test_the_rounds_are_what_owasp_asks_for() -> None:
    assert PBKDF2_ROUNDS == 600_000
    assert not KeyEncryption("", 600_000).too_few
    assert KeyEncryption("", 599_999).too_few


@pytest.mark.parametrize(
    ("options", "outdated"),
    [
        (("-v2", "aes256"), False),
        (("-v2", "des3"), True),
        (("-v1", "PBE-SHA1-3DES"), True),
    ],
)
def test_an_old_cipher_is_outdated(
    rsa_key: rsa.RSAPrivateKey, options: tuple[str, ...], outdated: bool
) -> None:
    pem = run_tool(
        *("openssl", "pkcs8", "-topk8", *options, "-passout", "pass:secret"), stdin=plain_pkcs8(rsa_key)
    ).stdout
    encryption = read_encryption(pem)
    assert encryption is not None
    assert encryption.outdated is outdated
