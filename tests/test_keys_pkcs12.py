from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12

from jwttool.errors import (
    AmbiguousError,
    JwtToolError,
    KeyMismatchError,
    MalformedError,
    NoPassphraseError,
    UnsupportedError,
    UsageError,
    WrongKindError,
    WrongPassphraseError,
)
from jwttool.keys import (
    is_encrypted,
    load_pkcs12,
    load_private_key,
    read_encryption,
    same_public_key,
    write_pkcs12,
)
from jwttool.keys.pfx import read_outline
from jwttool.secret import Secret
from tests import issue
from tests import keys_material as material
from tests.hostile import little_memory
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = "correct horse"
SECRET = Secret.from_text(PASSPHRASE)


@pytest.fixture(scope="module")
def bundle() -> bytes:
    """A file of ours: an RSA key, its certificate and the CA's."""
    authority = issue.authority()
    key = issue.rsa_key()
    certificate = authority.issue(key)
    return write_pkcs12(key, certificate, [authority.certificate], SECRET, "signing key")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A key, its certificate and a CA's, for openssl."""
    authority = issue.authority()
    (tmp_path / "key.pem").write_bytes(issue.key_pem(issue.rsa_key()))
    (tmp_path / "certificate.pem").write_bytes(issue.pem(authority.issue(issue.rsa_key())))
    (tmp_path / "ca.pem").write_bytes(issue.pem(authority.certificate))
    return tmp_path


def export(files: Path, *options: str, passphrase: str = PASSPHRASE) -> bytes:
    """A file of openssl's."""
    return run_tool(
        "openssl", "pkcs12", "-export", "-inkey", files / "key.pem", "-in", files / "certificate.pem",
        "-certfile", files / "ca.pem", "-passout", f"pass:{passphrase}", *options,
    ).stdout  # fmt: skip


def refusal(data: bytes, passphrase: Secret | None = SECRET) -> JwtToolError:
    with pytest.raises(JwtToolError) as refused:
        load_pkcs12(data, passphrase)
    return refused.value


# --- what is written ----------------------------------------------------------


def test_openssl_reads_what_is_written(bundle: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bundle.p12"
    file.write_bytes(bundle)
    shown = run_tool("openssl", "pkcs12", "-in", file, "-info", "-nodes", "-passin", f"pass:{PASSPHRASE}")
    said = shown.stdout + shown.stderr
    assert b"MAC: sha256, Iteration 2048" in said
    assert said.count(b"PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256") == 2
    assert b"friendlyName: signing key" in said
    assert shown.stdout.count(b"-----BEGIN CERTIFICATE-----") == 2
    assert issue.key_pem(issue.rsa_key()) in shown.stdout


def test_openssl_does_not_read_it_with_another_passphrase(bundle: bytes) -> None:
    command = ("openssl", "pkcs12", "-nodes", "-passin", "pass:another")
    assert run_tool(*command, stdin=bundle, check=False).returncode


def test_keytool_reads_what_is_written(bundle: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bundle.p12"
    file.write_bytes(bundle)
    listed = run_tool("keytool", "-list", "-v", "-keystore", file, "-storepass", PASSPHRASE).stdout
    assert b"Entry type: PrivateKeyEntry" in listed
    assert b"Certificate chain length: 2" in listed
    # Only a copy of the entry makes keytool decrypt the key itself.
    run_tool(
        "keytool", "-importkeystore", "-srckeystore", file, "-srcstorepass", PASSPHRASE,
        "-destkeystore", tmp_path / "copy.p12", "-deststoretype", "PKCS12", "-deststorepass", "another one",
    )  # fmt: skip
    copy = load_pkcs12((tmp_path / "copy.p12").read_bytes(), Secret(b"another one"))
    assert copy.private_key is not None
    assert same_public_key(copy.private_key.public_key(), issue.rsa_key().public_key())
    wrong = run_tool("keytool", "-list", "-keystore", file, "-storepass", "another one", check=False)
    assert wrong.returncode


def test_jwttool_reads_what_it_wrote(bundle: bytes) -> None:
    contents = load_pkcs12(bundle, SECRET)
    assert contents.private_key is not None
    assert same_public_key(contents.private_key.public_key(), issue.rsa_key().public_key())
    assert contents.certificate is not None
    assert same_public_key(contents.certificate.public_key(), issue.rsa_key().public_key())
    assert contents.others == (issue.authority().certificate,)
    encryption = read_encryption(bundle)
    assert encryption is not None
    assert encryption.scheme == (
        "PKCS#12, PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC; MAC: HMAC with SHA-256"
    )
    assert encryption.rounds == 2048  # the MAC's: what a guess would be tried against
    assert encryption.too_few


def test_an_ec_key_without_a_chain_or_a_name(ec_key: ec.EllipticCurvePrivateKey) -> None:
    data = write_pkcs12(ec_key, issue.certificate(ec_key), [], SECRET, None)
    loaded = load_private_key(data, SECRET)
    assert (loaded.format, loaded.encoding) == ("PKCS#12", "DER")
    assert same_public_key(loaded.private_key.public_key(), ec_key.public_key())
    assert len(loaded.certificates) == 1


def test_all_that_is_encrypted_has_the_rounds_that_were_asked_for(bundle: bytes) -> None:
    outline = read_outline(bundle)
    assert [part.rounds for part in outline.parts] == [600_000]
    assert [key and key.rounds for key in outline.keys] == [600_000]
    assert outline.mac is not None
    assert outline.mac.rounds == 2048  # the library's


@pytest.mark.parametrize("passphrase", [b"", "päßword".encode(), b"a\0b", b"a" * 1024])
def test_a_passphrase_that_would_be_of_no_use(passphrase: bytes) -> None:
    key = issue.rsa_key()
    with pytest.raises(UsageError):
        write_pkcs12(key, issue.certificate(key), [], Secret(passphrase), None)


def test_a_certificate_of_another_key(rsa_key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(KeyMismatchError):
        write_pkcs12(rsa_key, issue.certificate(issue.rsa_key()), [], SECRET, None)


# --- what is read -------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "scheme", "rounds"),
    [
        ((), "PKCS#12, PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC; MAC: HMAC with SHA-256", 2048),
        (
            ("-iter", "700000"),
            "PKCS#12, PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC; MAC: HMAC with SHA-256",
            700_000,
        ),
        (
            ("-iter", "700000", "-nomaciter"),
            "PKCS#12, PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC; MAC: HMAC with SHA-256",
            1,
        ),
        (("-nomac",), "PKCS#12, PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC; MAC: none", 2048),
        (
            ("-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"),
            "PKCS#12, PKCS#12 PBE with SHA-1, 3DES-CBC; MAC: HMAC with SHA-1",
            2048,
        ),
    ],
)
def test_files_from_openssl(files: Path, options: tuple[str, ...], scheme: str, rounds: int) -> None:
    data = export(files, *options)
    encryption = read_encryption(data)
    assert encryption is not None
    assert (encryption.scheme, encryption.rounds) == (scheme, rounds)
    assert is_encrypted(data)
    loaded = load_private_key(data, SECRET)
    assert loaded.encryption == encryption
    assert same_public_key(loaded.private_key.public_key(), issue.rsa_key().public_key())
    assert [
        same_public_key(each.public_key(), issue.rsa_key().public_key()) for each in loaded.certificates
    ] == [
        True,
        False,
    ]
    assert isinstance(refusal(data, Secret(b"another")), WrongPassphraseError)
    assert isinstance(refusal(data, None), NoPassphraseError)


def test_a_file_whose_key_lies_in_the_open(files: Path) -> None:
    data = export(files, "-keypbe", "NONE")
    assert read_encryption(data) is None
    assert is_encrypted(data)  # the certificates and the MAC are still guarded
    assert load_pkcs12(data, SECRET).private_key is not None


def test_a_file_without_any_protection(files: Path) -> None:
    data = export(files, "-keypbe", "NONE", "-certpbe", "NONE", "-nomac")
    assert read_encryption(data) is None
    assert not is_encrypted(data)
    for passphrase in (None, SECRET, Secret(b""), Secret(b"a\0b"), Secret(b"\xff")):
        assert load_pkcs12(data, passphrase).private_key is not None


def test_an_empty_passphrase_is_a_passphrase(files: Path) -> None:
    data = export(files, passphrase="")
    assert load_pkcs12(data, Secret(b"")).private_key is not None
    assert is_encrypted(data)
    assert isinstance(refusal(data, None), NoPassphraseError)  # the empty one is not tried unasked
    assert isinstance(refusal(data, SECRET), WrongPassphraseError)


@pytest.mark.parametrize(
    "data",
    [
        material.bomb(40_000_000),
        material.pfx(material.encrypted_part(material.pbkdf2(1))),
        material.pfx(material.key_part(material.pbkdf2(1))),
        material.pfx(mac=material.mac(1)),
    ],
    ids=["bomb", "part", "key", "MAC"],
)
def test_no_passphrase_is_tried_that_nobody_gave(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pkcs12, "load_pkcs12", lambda *_: pytest.fail("the library was reached"))
    assert isinstance(refusal(data, None), NoPassphraseError)
    assert is_encrypted(data)


def test_a_file_from_keytool(tmp_path: Path) -> None:
    store = tmp_path / "store.p12"
    generate = ("keytool", "-genkeypair", "-dname", "CN=x", "-keystore", store, "-storepass", PASSPHRASE)
    run_tool(*generate, "-alias", "one", "-keyalg", "EC", "-groupname", "secp256r1")
    loaded = load_private_key(store.read_bytes(), SECRET)
    assert loaded.format == "PKCS#12"
    assert len(loaded.certificates) == 1
    run_tool(*generate, "-alias", "two", "-keyalg", "RSA")
    refused = refusal(store.read_bytes())
    assert isinstance(refused, AmbiguousError)
    assert refused.message == "2 private keys in one PKCS#12 file"
    assert not is_encrypted(store.read_bytes())


def test_a_certificate_that_nothing_ties_to_the_key_but_itself() -> None:
    key, authority = issue.rsa_key(), issue.authority()
    others = [authority.certificate, authority.issue(key)]
    data = pkcs12.serialize_key_and_certificates(None, key, None, others, NoEncryption())
    contents = load_pkcs12(data, Secret(b""))
    assert contents.certificate == others[1]
    assert contents.others == (others[0],)


def test_a_file_without_a_private_key() -> None:
    certificate = issue.certificate(issue.rsa_key())
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    data = pkcs12.serialize_key_and_certificates(None, None, None, [certificate], encryption)
    contents = load_pkcs12(data, SECRET)
    assert (contents.private_key, contents.others) == (None, (certificate,))
    with pytest.raises(WrongKindError, match="without a private key"):
        load_private_key(data, SECRET)


def test_a_key_of_a_kind_that_is_not_offered() -> None:
    key: Any = issue.ed25519_key()
    data = pkcs12.serialize_key_and_certificates(None, key, issue.certificate(key), None, NoEncryption())
    assert refusal(data, Secret(b"")).message == "a key of the type Ed25519, which jwttool does not offer"


def test_a_passphrase_that_no_such_file_can_have(bundle: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    for passphrase in (b"a\0b", b"\xff\xfe", b"\0"):
        assert isinstance(refusal(bundle, Secret(passphrase)), WrongPassphraseError)
    assert capfd.readouterr() == ("", "")  # cryptography's panic would print it


def test_the_ber_of_browsers_is_refused_with_a_way_out(bundle: bytes, tmp_path: Path) -> None:
    # The outermost length is not told, as browsers write it (X.690 section 8.1.3.6).
    assert bundle[:2] == b"\x30\x82"
    ber = material.indefinite(0x30, bundle[4:])
    refused = refusal(ber)
    assert isinstance(refused, MalformedError)
    assert refused.message == "a BER structure, where DER belongs"
    assert not is_encrypted(ber)
    with pytest.raises(MalformedError, match="BER"):
        load_private_key(ber, SECRET)

    old, temporary, new = tmp_path / "old.p12", tmp_path / "temporary.pem", tmp_path / "new.p12"
    old.write_bytes(ber)
    given = ("-passin", f"pass:{PASSPHRASE}", "-passout", f"pass:{PASSPHRASE}")
    for start, end in (
        (("openssl", "pkcs12", "-in", old), ("-out", temporary)),
        (("openssl", "pkcs12", "-export", "-in", temporary), ("-out", new)),
    ):
        run_tool(*start, *end, *given)
    assert refused.hint is not None
    assert "`openssl pkcs12 -in OLD -out TEMPORARY`" in refused.hint
    assert "`openssl pkcs12 -export -in TEMPORARY -out NEW`" in refused.hint
    assert load_pkcs12(new.read_bytes(), SECRET).private_key is not None


def test_ber_further_inside_is_refused_too() -> None:
    for data in (
        material.sequence(material.integer(3), material.indefinite(0x30, material.name(material.DATA))),
        material.pfx(material.indefinite(0x30, b"")),
        material.pfx(material.content_info(material.DATA, material.indefinite(0x24, material.octets(b"")))),
    ):
        refused = refusal(data)
        assert isinstance(refused, MalformedError)
        assert refused.message == "a PKCS#12 file that is damaged, or not DER"
        assert "openssl pkcs12 -export" in (refused.hint or "")


@pytest.mark.parametrize("rounds", [b"", material.integer(1), material.integer(2)])
def test_no_rounds_of_the_mac_are_one(rounds: bytes) -> None:
    digest = material.sequence(material.sequence(material.name(material.SHA256)), material.octets(b"d" * 32))
    mac = material.sequence(digest, material.octets(b"s" * 8), rounds)
    outline = read_outline(material.pfx(mac=mac))
    assert outline.mac is not None
    assert outline.mac.rounds == (2 if rounds == material.integer(2) else 1)


@pytest.mark.parametrize("inside", [False, True])
def test_very_many_parts_or_bags_cost_little(*, inside: bool) -> None:
    smallest = material.content_info("2a", material.NULL)
    many = smallest * (1_000_000 // len(smallest))
    part = material.content_info(material.DATA, material.octets(material.sequence(many)))
    data = material.pfx(part if inside else many)
    with little_memory():
        assert isinstance(refusal(data), MalformedError)


# --- what would cost too much -------------------------------------------------

OK = material.pbkdf2(2048)
SIGNED = material.sequence(material.integer(3), material.content_info(material.SIGNED_DATA, material.NULL))
BOMB = material.pbkdf2(30_000_000)


@pytest.mark.parametrize(
    "data",
    [
        material.pfx(material.encrypted_part(BOMB), mac=material.mac(2048)),
        material.pfx(material.key_part(BOMB), mac=material.mac(2048)),
        material.pfx(material.encrypted_part(OK), material.key_part(BOMB)),
        material.pfx(material.encrypted_part(OK), mac=material.mac(30_000_000)),
        material.pfx(material.encrypted_part(material.pbe(material.PBE_SHA1_3DES, 30_000_000))),
        material.pfx(
            material.encrypted_part(OK),
            mac=material.mac(
                1,
                material.sequence(
                    material.name(material.PBMAC1),
                    material.sequence(
                        material.sequence(
                            material.name(material.PBKDF2),
                            material.sequence(material.octets(b"salt"), material.integer(30_000_000)),
                        ),
                        material.sequence(material.name(material.HMAC_SHA256)),
                    ),
                ),
            ),
        ),
    ],
)
def test_a_costly_file_is_refused_before_it_is_computed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pkcs12, "load_pkcs12", lambda *_: pytest.fail("the library was reached"))
    reason = "30,000,000 rounds of key derivation, more than the limit of 2,000,000"
    for passphrase in (SECRET, None):
        refused = refusal(data, passphrase)
        assert isinstance(refused, UnsupportedError)
        assert refused.message == reason
    encryption = read_encryption(data)
    assert encryption is not None
    assert encryption.excess == reason
    assert not is_encrypted(data)
    with pytest.raises(UnsupportedError):
        load_private_key(data, SECRET)


def test_many_small_costs_are_a_large_one() -> None:
    part = material.encrypted_part(material.pbkdf2(2_000_000))
    assert isinstance(refusal(material.pfx(*[part] * 4)), WrongPassphraseError)  # 8 million are just allowed
    refused = refusal(material.pfx(*[part] * 4, mac=material.mac(1)))
    assert isinstance(refused, UnsupportedError)
    assert refused.message == "8,000,001 rounds of key derivation in all, more than the limit of 8,000,000"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (material.pfx(material.content_info(material.ENVELOPED_DATA, material.NULL)), UnsupportedError),
        (material.pfx(material.content_info(material.SIGNED_DATA, b"\x05\x00")), UnsupportedError),
        (SIGNED, UnsupportedError),
        (material.pfx(material.encrypted_part(material.sequence(material.name("2a03")))), UnsupportedError),
        (material.pfx(mac=material.mac(1, material.sequence(material.name("2a03")))), UnsupportedError),
        (
            material.pfx(
                material.content_info(
                    material.DATA,
                    material.octets(
                        material.sequence(
                            material.sequence(
                                material.name(material.NESTED_BAG),
                                material.explicit(material.sequence()),
                            )
                        )
                    ),
                )
            ),
            UnsupportedError,
        ),
        (material.pfx(mac=material.mac(0)), MalformedError),
        (material.pfx(mac=material.mac(-1)), MalformedError),
        (material.pfx(version=4), MalformedError),
        (material.sequence(material.integer(3)), MalformedError),
        (material.sequence(material.integer(3), material.sequence()), MalformedError),
        (material.sequence(material.integer(3), b"\x05\x00"), MalformedError),
        (material.pfx(b"\x05\x00"), MalformedError),
        (material.pfx(material.encrypted_part(b"")), MalformedError),
        (material.pfx(material.content_info(material.DATA, b"\x05\x00")), MalformedError),
        (material.pfx(*[material.key_part()] * 17), MalformedError),
        (material.pfx(material.key_part(*[OK] * 65)), MalformedError),
        (material.pfx() + b"\0", MalformedError),
        (b"", MalformedError),
    ],
)  # fmt: skip
def test_what_cannot_be_told_goes_no_further(
    data: bytes, error: type[JwtToolError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pkcs12, "load_pkcs12", lambda *_: pytest.fail("the library was reached"))
    assert type(refusal(data)) is error


def test_a_damaged_file(bundle: bytes) -> None:
    assert isinstance(refusal(bundle[:-1]), MalformedError)
    flipped = bytearray(bundle)
    flipped[len(bundle) // 2] ^= 1
    assert isinstance(refusal(bytes(flipped)), WrongPassphraseError | MalformedError)


def test_a_friendly_name_that_is_no_text_is_written_as_far_as_it_goes() -> None:
    key = issue.rsa_key()
    made = write_pkcs12(key, issue.certificate(key), [], Secret(b"open"), "\udcff.p12")
    assert load_pkcs12(made, Secret(b"open")).certificate == issue.certificate(key)
