"""The committed certificates are what their generator makes, and openssl reads them as they are meant."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PSS
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from fixtures import generate
from jwttool.certificates import load_certificates
from jwttool.errors import MalformedError, UsageError
from jwttool.sandbox.certificates import (
    CRL_DAYS,
    FOREIGN_CHARACTERS,
    SPECIMENS,
    issue,
    new_world,
    revocation_list,
    serial_number,
)
from tests.specimens import AT, keys, specimen, world
from tests.tools import run_tool

# cryptography warns of C="Germany".
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length must be:UserWarning")

COMMITTED = Path(generate.__file__).parent / "certificates"
MADE = generate.public_files(keys(), generate.AT)


# --- all but keys and signatures ----------------------------------------------

# They are made of keys.
KEY_IDENTIFIERS = (x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid)


def extensions(signed: Any) -> list[Any]:
    return [
        (each.oid, each.critical, None if each.oid in KEY_IDENTIFIERS else each.value.public_bytes())
        for each in signed.extensions
    ]


def certificate_but_for_keys(pem: bytes) -> dict[str, Any]:
    """Everything that a certificate says, and what kind of key and signature it has."""
    certificate = x509.load_pem_x509_certificate(pem)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    return {
        "version": certificate.version,
        "serial": certificate.serial_number,
        "subject": certificate.subject.public_bytes(),
        "issuer": certificate.issuer.public_bytes(),
        "validity": (certificate.not_valid_before_utc, certificate.not_valid_after_utc),
        "key": (type(key), key.key_size),
        "signature": certificate.signature_algorithm_oid,
        "extensions": extensions(certificate),
    }


def crl_but_for_keys(pem: bytes) -> dict[str, Any]:
    """The same of a CRL."""
    crl = x509.load_pem_x509_crl(pem)
    return {
        "issuer": crl.issuer.public_bytes(),
        "updates": (crl.last_update_utc, crl.next_update_utc),
        "signature": crl.signature_algorithm_oid,
        "extensions": extensions(crl),
        "revoked": [(each.serial_number, each.revocation_date_utc, extensions(each)) for each in crl],
    }


def but_for_keys(name: str, data: bytes) -> Any:
    """What has to be the same each time that a file is made."""
    if name == FOREIGN_CHARACTERS:
        place = data.index(b"*")
        return place, certificate_but_for_keys(data.replace(b"*", b""))
    if name.endswith(".crl"):
        return crl_but_for_keys(data)
    return certificate_but_for_keys(data) if name.endswith(".crt") else data


def test_the_committed_files_are_those_that_are_made() -> None:
    assert sorted(path.name for path in COMMITTED.iterdir()) == sorted(MADE)


@pytest.mark.parametrize("name", MADE)
def test_a_committed_file_says_what_its_generator_makes_it_say(name: str) -> None:
    assert but_for_keys(name, (COMMITTED / name).read_bytes()) == but_for_keys(name, MADE[name])


def test_no_private_key_is_committed() -> None:
    assert not [path for path in COMMITTED.iterdir() if b"PRIVATE" in path.read_bytes()]


def test_another_recipe_or_another_time_would_be_seen() -> None:
    later = generate.public_files(keys(), datetime(2026, 6, 17, tzinfo=UTC))

    for name in ("qwac.crt", "issuing.crl", "README.md", FOREIGN_CHARACTERS):
        assert but_for_keys(name, MADE[name]) != but_for_keys(name, later[name])
    for name in ("qwac-ec", "qc-type-seal", "rsa-1024", "rsassa-pss"):
        other = certificate_but_for_keys(MADE[f"{name}.crt"])
        sound = certificate_but_for_keys(MADE["qwac.crt"])
        assert {key for key in sound if sound[key] != other[key]} >= {"serial"}
        assert {key for key in sound if sound[key] != other[key]} - {"serial"}


# --- the table ----------------------------------------------------------------


def test_every_certificate_has_a_description_of_its_own() -> None:
    texts = [each.what for each in SPECIMENS.values()]

    assert all(text and text.isprintable() and not text.endswith(".") for text in texts)
    assert len(set(texts)) == len(texts) - 1  # qwac-ec and qseal-ec are both "the same with a key on P-256"
    assert len({serial_number(name) for name in SPECIMENS}) == len(SPECIMENS)


@pytest.mark.parametrize("name", [name for name, each in SPECIMENS.items() if not each.sound])
def test_what_is_odd_is_no_sound_certificate_under_another_name(name: str) -> None:
    """An odd one differs from the nearest sound one in few things, and in one at least."""
    odd = SPECIMENS[name]
    if odd.revoked:
        return
    sound = [each.recipe for each in SPECIMENS.values() if each.sound]
    assert odd.recipe not in sound


def test_a_name_that_is_not_in_the_table() -> None:
    with pytest.raises(UsageError, match="no certificate of that name") as error:
        issue("qwack", world())
    assert error.value.hint is not None
    assert "qwac, qwac-ec" in error.value.hint


def test_the_foreign_characters_are_refused_and_nothing_else_is() -> None:
    with pytest.raises(MalformedError):
        load_certificates(MADE[FOREIGN_CHARACTERS])
    assert load_certificates(MADE[FOREIGN_CHARACTERS].replace(b"*", b"")).end_entity == specimen("qwac")


def test_the_signature_that_some_banks_refuse() -> None:
    assert isinstance(specimen("rsassa-pss").signature_algorithm_parameters, PSS)
    assert not isinstance(specimen("qwac").signature_algorithm_parameters, PSS)


def test_ten_thousand_roles() -> None:
    assert len(specimen("roles-10000").public_bytes(Encoding.DER)) > 180_000


# --- openssl ------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [name for name in MADE if name.endswith(".crt") and name != FOREIGN_CHARACTERS]
)
def test_openssl_reads_every_certificate(name: str) -> None:
    done = run_tool("openssl", "x509", "-noout", "-text", stdin=MADE[name])

    assert b"Subject: C = " in done.stdout or b"Subject: C=" in done.stdout or name == "country-missing.crt"


@pytest.mark.parametrize("name", CRL_DAYS)
def test_openssl_reads_every_crl(name: str, tmp_path: Path) -> None:
    issuer = tmp_path / "issuer.crt"
    issuer.write_bytes(MADE[f"{CRL_DAYS[name][0]}.crt"])

    done = run_tool("openssl", "crl", "-noout", "-text", "-CAfile", issuer, stdin=MADE[name])

    assert b"verify OK" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("certificate", "crl", "complaint"),
    [
        ("qwac", "issuing.crl", None),
        ("qwac-ec", "issuing.crl", None),
        ("qseal", "issuing.crl", None),
        ("rsassa-pss", "issuing.crl", None),
        ("revoked", "issuing.crl", "certificate revoked"),
        ("expired", "issuing.crl", "certificate has expired"),
        ("not-yet-valid", "issuing.crl", "certificate is not yet valid"),
        ("crl-missing", "issuing.crl", "unable to get certificate CRL"),
        ("qwac", "issuing-stale.crl", "CRL has expired"),
        ("qwac", "issuing-future.crl", "CRL is not yet valid"),
    ],
)
def test_openssl_verifies_the_path(tmp_path: Path, certificate: str, crl: str, complaint: str | None) -> None:
    for file, names in {
        "root": ["root.crt"],
        "between": ["issuing.crt", "issuing-without-crl.crt"],
        "crls": ["root.crl", crl],
        "certificate": [f"{certificate}.crt"],
    }.items():
        (tmp_path / file).write_bytes(b"".join(MADE[name] for name in names))

    done = run_tool(
        *("openssl", "verify", "-no-CApath", "-attime", str(int(AT.timestamp())), "-crl_check_all"),
        *("-CAfile", tmp_path / "root", "-untrusted", tmp_path / "between", "-CRLfile", tmp_path / "crls"),
        tmp_path / "certificate",
        check=False,
    )

    said = (done.stdout + done.stderr).decode()
    assert (done.returncode == 0) is (complaint is None), said
    assert complaint is None or complaint in said


# --- the script ---------------------------------------------------------------


def test_what_the_script_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "made"

    assert generate.main([str(folder), "--at", "2030-01-01T00:00:00Z", "--keys", "--large"]) == 0

    names = {path.name for path in folder.iterdir()}
    assert names - {"roles-10000.crt"} - {path for path in names if path.endswith(".key")} == set(MADE)
    key_files = sorted(path for path in folder.iterdir() if path.suffix == ".key")
    assert [path.stem for path in key_files] == ["ec", "issuing", "root", "rsa", "silent", "weak"]
    assert {path.stat().st_mode & 0o777 for path in key_files} == {0o600}
    qwac = x509.load_pem_x509_certificate((folder / "qwac.crt").read_bytes())
    assert qwac.public_key() == load_pem_private_key((folder / "rsa.key").read_bytes(), None).public_key()
    assert qwac.not_valid_before_utc == datetime(2029, 12, 2, tzinfo=UTC)
    assert "2030-01-01T00:00:00Z" in (folder / "README.md").read_text()
    assert capsys.readouterr().err == ""


def test_the_script_overwrites_nothing_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "qwac.crt").write_text("mine")

    assert generate.main([str(tmp_path)]) == 4

    said = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2].partition(":")[0] for line in said] == ["error", "hint"]
    assert [path.name for path in tmp_path.iterdir()] == ["qwac.crt"]
    assert (tmp_path / "qwac.crt").read_text() == "mine"
    assert generate.main([str(tmp_path), "--force"]) == 0
    assert (tmp_path / "qwac.crt").read_text() != "mine"


def test_the_script_wants_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main([str(tmp_path / "new"), "--at", "yesterday"]) == 3
    assert capsys.readouterr().err.startswith("generate.py: error: not a time\ngenerate.py: hint: ")
    assert not (tmp_path / "new").exists()


def test_the_same_keys_and_time_give_the_same_crl_numbers() -> None:
    again = new_world(keys(), AT)

    for name in CRL_DAYS:
        number = revocation_list(name, again).extensions.get_extension_for_class(x509.CRLNumber).value
        assert (
            number == revocation_list(name, world()).extensions.get_extension_for_class(x509.CRLNumber).value
        )
