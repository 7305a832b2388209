"""``verify_chain``: which chain is taken, what is trusted, and which files are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from jwttool.certificates import signed_by
from jwttool.certificates.bundle import MAX_BUNDLE, MAX_LISTS, load_bundle, load_revocation_lists
from jwttool.certificates.names import name_key
from jwttool.certificates.paths import MAX_LENGTH, MAX_NAMESAKES, MAX_PATHS, MAX_SIGNATURES, End, PathSearch
from jwttool.certificates.store import ask_openssl
from jwttool.checks.chain import ChainReport, verify_chain
from jwttool.encoding import Limit
from jwttool.errors import InputError, MalformedError, TooLargeError, UsageError, WrongKindError
from jwttool.report import Status
from tests import issue as keys
from tests import pki
from tests.pki import AT, ISSUING, LEAF, ROOT, Node, crl, issue, leaf
from tests.tools import run_tool

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def judge(
    node: Node = LEAF,
    trust: Iterable[Node] = (ROOT,),
    intermediates: Iterable[Node] = (ISSUING,),
    crls: Iterable[x509.CertificateRevocationList] = (),
    at: datetime = AT,
) -> ChainReport:
    return verify_chain(
        node.certificate,
        trust=[each.certificate for each in trust],
        intermediates=[each.certificate for each in intermediates],
        crls=crls,
        at=at,
    )


def failed(report: ChainReport) -> set[str]:
    return {check.id for check in report.failures}


def chain(*nodes: Node) -> tuple[x509.Certificate, ...]:
    return tuple(node.certificate for node in nodes)


# --- which chain --------------------------------------------------------------


def test_the_chain_is_the_certificate_first_and_what_is_trusted_last() -> None:
    report = judge()
    assert report.passed
    assert report.trusted
    assert report.chain == chain(LEAF, ISSUING, ROOT)
    assert report["chain-verified"].status is Status.PASS


def test_of_two_intermediates_of_one_name_and_key_the_good_one_is_taken() -> None:
    expired = issue("Test Issuing CA", ROOT, number=2, not_after=AT - timedelta(days=1))
    assert judge(intermediates=(expired, ISSUING)).chain == chain(LEAF, ISSUING, ROOT)
    assert failed(judge(intermediates=(expired,))) == {"chain-validity"}


def test_of_two_ways_up_the_one_that_is_trusted_is_taken() -> None:
    elsewhere = issue("Other Root CA", number=3)
    cross = issue("Test Issuing CA", elsewhere, number=2)
    assert judge(intermediates=(cross, ISSUING)).chain == chain(LEAF, ISSUING, ROOT)
    assert judge(trust=(elsewhere,), intermediates=(ISSUING, cross)).chain == chain(LEAF, cross, elsewhere)


def test_of_two_cas_of_one_name_the_one_whose_key_signed_is_taken() -> None:
    namesake = issue("Test Issuing CA", ROOT, number=4)
    assert judge(intermediates=(namesake, ISSUING)).chain == chain(LEAF, ISSUING, ROOT)
    assert "chain-signature" in failed(judge(intermediates=(namesake,)))


def test_of_several_bad_chains_one_that_ends_in_trust_is_reported() -> None:
    elsewhere = issue("Other Root CA", number=3)
    cross = issue("Test Issuing CA", elsewhere, number=2)
    expired = issue("Test Issuing CA", ROOT, number=2, not_after=AT - timedelta(days=1))
    report = judge(intermediates=(cross, elsewhere, expired))
    assert failed(report) == {"chain-validity"}
    assert report.chain == chain(LEAF, expired, ROOT)


def test_cas_that_issued_one_another_and_no_root() -> None:
    first = issue("First CA", number=2)
    second = issue("Second CA", first, number=3)
    first_again = issue("First CA", second, number=2)
    report = judge(leaf(first), trust=(ROOT,), intermediates=(first_again, second))
    assert failed(report) == {"chain-complete"}
    assert "issued only one another" in report["chain-complete"].message
    assert judge(leaf(first), trust=(first,), intermediates=(first_again, second)).passed


def test_a_new_key_that_a_ca_certified_itself() -> None:
    # Self-issued, not self-signed: it does not count for the path length (RFC 5280 section 6.1.4 (l)).
    root = issue("Test Root CA", number=1, path_length=0)
    rolled = issue("Test Root CA", root, number=6)
    report = judge(leaf(rolled), trust=(root,), intermediates=(rolled,))
    assert report.passed, report.failures
    assert report.chain[1:] == chain(rolled, root)


def test_an_intermediate_can_be_trusted_without_its_root() -> None:
    report = judge(trust=(ISSUING,), intermediates=())
    assert report.passed
    assert report.chain == chain(LEAF, ISSUING)
    # And although it leads on to a root that nobody trusts.
    assert judge(trust=(ISSUING,), intermediates=(ROOT,)).chain == chain(LEAF, ISSUING)
    # Where its root is trusted too, the whole chain is judged.
    assert judge(trust=(ISSUING, ROOT), intermediates=()).chain == chain(LEAF, ISSUING, ROOT)


def test_a_trusted_intermediate_below_an_expired_root() -> None:
    root = issue("Test Root CA", number=1, not_after=AT - timedelta(days=1))
    assert judge(trust=(ISSUING, root), intermediates=()).chain == chain(LEAF, ISSUING)


def test_trusting_a_revoked_intermediate_does_not_hide_that_it_is_revoked() -> None:
    lists = [crl(ISSUING), crl(ROOT, ISSUING.certificate.serial_number)]
    assert failed(judge(crls=lists)) == {"chain-revoked"}
    report = judge(trust=(ROOT, ISSUING), crls=lists)
    assert failed(report) == {"chain-revoked"}
    assert judge(trust=(ROOT, ISSUING), crls=[crl(ISSUING), crl(ROOT)]).passed


def test_a_self_signed_certificate_that_is_trusted() -> None:
    alone = issue("client.example", number=9, ca=False)
    report = judge(alone, trust=(alone,), intermediates=())
    assert report.passed
    assert not report.warnings
    assert report.chain == chain(alone)


def test_a_self_issued_certificate_is_no_root_unless_its_own_key_signed_it() -> None:
    rolled = issue("Test Root CA", ROOT, number=6)  # a new key, certified with the old one
    report = judge(rolled, trust=(rolled,), intermediates=())
    assert report.passed
    assert [check.id for check in report.warnings] == ["chain-trusted"]
    assert "itself in the trust bundle" in report["chain-trusted"].message
    # It leads on where its issuer is there, and lacks it where it is not.
    assert judge(rolled, trust=(rolled, ROOT), intermediates=()).chain == chain(rolled, ROOT)
    stranger = issue("Other Root CA", number=3)
    report = judge(rolled, trust=(stranger,), intermediates=())
    assert failed(report) == {"chain-complete"}
    assert "its issuer is neither trusted nor" in report["chain-complete"].message
    report = judge(ROOT, trust=(stranger,), intermediates=())
    assert failed(report) == {"chain-trusted"}


def test_what_is_trusted_is_not_looked_up_in_a_crl() -> None:
    alone = issue("client.example", number=9, ca=False)
    report = judge(alone, trust=(alone,), intermediates=(), crls=[crl(ROOT)])
    assert report["chain-revoked"].status is Status.SKIPPED
    assert "what ends the chain is not looked up" in report["chain-revoked"].message


def test_a_chain_that_is_too_long() -> None:
    def line(length: int) -> list[Node]:
        nodes = [ROOT]
        for number in range(length):
            nodes.append(issue(f"CA {number}", nodes[-1], number=20 + number))
        return nodes

    whole = line(MAX_LENGTH - 2)
    assert judge(leaf(whole[-1]), intermediates=whole[1:]).passed
    whole = line(MAX_LENGTH - 1)
    report = judge(leaf(whole[-1]), intermediates=whole[1:])
    assert failed(report) == {"chain-complete"}
    assert "more than 16 certificates in a row" in report["chain-complete"].message


def test_thousands_of_namesakes_end_the_search_not_the_machine() -> None:
    # The same name, the same key identifier, and other keys: nothing tells them apart but the signature.
    wanted = x509.SubjectKeyIdentifier.from_public_key(ISSUING.key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(ISSUING.certificate.subject)
        .issuer_name(ROOT.certificate.subject)
        .public_key(keys.ec_key(4).public_key())
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END)
        .add_extension(wanted, critical=False)
    )
    signer = ed25519.Ed25519PrivateKey.generate()
    namesakes = [builder.serial_number(1 + each).sign(signer, None) for each in range(MAX_SIGNATURES + 1)]
    report = verify_chain(LEAF.certificate, trust=[ROOT.certificate], intermediates=namesakes, at=AT)
    assert failed(report) == {"chain-complete"}
    assert "the search for its issuer was given up" in report["chain-complete"].message
    assert f"{MAX_SIGNATURES} signatures were verified, and more are left" in report["chain-search"].message
    assert report["chain-search"].status is Status.WARNING
    # One fewer, and all of them were tried: the signature is what is wrong.
    report = verify_chain(
        LEAF.certificate, trust=[ROOT.certificate], intermediates=namesakes[: MAX_SIGNATURES // 2], at=AT
    )
    assert "chain-signature" in failed(report)
    assert report["chain-search"].status is Status.PASS
    # Those of one name are bounded before any signature is.
    many = [builder.serial_number(1 + each).sign(signer, None) for each in range(MAX_NAMESAKES + 1)]
    report = verify_chain(LEAF.certificate, trust=[ROOT.certificate], intermediates=many, at=AT)
    assert "more than 1,000 certificates have the name of one CA" in report["chain-search"].message


def test_a_web_of_cross_certificates_is_looked_at_in_part() -> None:
    cas = [issue(f"CA {number}", number=30 + number) for number in range(6)]
    web = [
        issue(f"CA {below}", cas[above], number=30 + below, serial=100 * below + above + 1)
        for below in range(6)
        for above in range(6)
        if below != above
    ]
    search = PathSearch(leaf(cas[0]).certificate, chain(ROOT), chain(*web), AT)
    paths = list(search)
    assert len(paths) == MAX_PATHS
    assert {path.end for path in paths} == {End.CIRCLE}
    assert search.given_up == (f"more than {MAX_PATHS} chains are possible",)
    report = judge(leaf(cas[0]), intermediates=web)
    assert failed(report) == {"chain-complete"}
    assert report["chain-search"].message == (
        "the search was given up, and there may be a better chain: more than 32 chains are possible"
    )
    # A chain that holds is one, whatever else there may be; and a smaller web is looked at as a whole.
    assert judge(leaf(cas[0]), trust=(cas[0],), intermediates=web)["chain-search"].status is Status.PASS
    small = PathSearch(leaf(cas[0]).certificate, chain(ROOT), chain(*web[:8]), AT)
    assert 0 < len(list(small)) < MAX_PATHS
    assert small.given_up == ()


def test_the_issuers_address_is_named_where_the_certificate_has_it() -> None:
    url = x509.UniformResourceIdentifier("http://ca.example/ca.crt")
    access = x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.CA_ISSUERS, url)
    node = leaf(ISSUING, extensions=[(x509.AuthorityInformationAccess([access]), False)])
    hint = judge(node, intermediates=())["chain-complete"].hint
    assert hint == "fetch it from http://ca.example/ca.crt and give it with --intermediates"


# --- names --------------------------------------------------------------------


def spelt(text: str, kind: x509.name._ASN1Type = x509.name._ASN1Type.UTF8String) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text, kind)])


def test_a_name_in_other_letters_spaces_and_string_types_is_the_same_name() -> None:
    root = issue(spelt("Test Root CA"), number=1)
    as_written = Node(
        root.key, issue(spelt("TEST  root ca", x509.name._ASN1Type.PrintableString), number=1).certificate
    )
    report = judge(leaf(as_written), trust=(root,), intermediates=())
    assert report.passed, report.failures
    assert failed(judge(leaf(issue(spelt("Test Root CB"), number=1)), trust=(root,))) == {"chain-complete"}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=15))
def test_a_name_is_itself_in_capitals_and_between_spaces(text: str) -> None:
    capitals = "".join(each.upper() if each.isascii() else each for each in text)
    assert name_key(spelt(text)) == name_key(spelt(f" {capitals} "))
    assert name_key(spelt(text)) != name_key(spelt(f"{text}x"))


# --- single rules -------------------------------------------------------------


RSA_ISSUING = issue("Test RSA CA", ROOT, number=2, key=keys.rsa_key(7))


def weak_leaf(issuer: Node, digest: str, folder: Path, signer: Any = None) -> Node:
    """A leaf that is signed with that hash."""
    made = leaf(issuer)
    der = pki.signed_again(made.certificate.tbs_certificate_bytes, signer or issuer.key, folder, digest)
    return Node(made.key, x509.load_der_x509_certificate(der))


WEAK = pytest.mark.parametrize(
    ("issuer", "digest", "shown"),
    [
        pytest.param(RSA_ISSUING, "sha1", "SHA-1", id="RSA with SHA-1"),
        pytest.param(RSA_ISSUING, "md5", "MD5", id="RSA with MD5"),
        pytest.param(ISSUING, "sha1", "SHA-1", id="ECDSA with SHA-1"),
    ],
)


@WEAK
def test_a_weak_hash(issuer: Node, digest: str, shown: str, tmp_path: Path) -> None:
    weak = weak_leaf(issuer, digest, tmp_path)
    report = judge(weak, intermediates=(issuer,))
    # The signature is right, and is not called another's.
    assert failed(report) == {"chain-signature-algorithm"}
    check = report["chain-signature-algorithm"]
    assert check.message == f"CN=client.example,C=FI: signed with {shown}, which is broken"
    assert check.where == "chain[0]"
    assert judge(weak_leaf(issuer, "sha256", tmp_path), intermediates=(issuer,)).passed
    # What is trusted does not rest on its signature.
    assert judge(weak, trust=(weak,), intermediates=())["chain-signature-algorithm"].status is Status.PASS
    # Another key's is, whatever the hash.
    other = keys.rsa_key(3) if issuer is RSA_ISSUING else keys.ec_key(8)
    report = judge(weak_leaf(issuer, digest, tmp_path, other), intermediates=(issuer,))
    assert failed(report) == {"chain-signature-algorithm", "chain-signature"}
    assert "not signed with that key" in next(c for c in report.failures if c.id == "chain-signature").message


@WEAK
def test_a_crl_with_a_weak_hash(issuer: Node, digest: str, shown: str, tmp_path: Path) -> None:
    def weak_list(digest: str, *revoked: int, signer: Any = None) -> x509.CertificateRevocationList:
        content = crl(issuer, *revoked).tbs_certlist_bytes
        return x509.load_der_x509_crl(pki.signed_again(content, signer or issuer.key, tmp_path, digest))

    def found(*lists: x509.CertificateRevocationList) -> ChainReport:
        return judge(leaf(issuer), intermediates=(issuer,), crls=[*lists, crl(ROOT)])

    report = found(weak_list(digest))
    assert failed(report) == {"chain-crl-algorithm"}
    assert report["chain-crl-algorithm"].message == (
        f"CN=client.example,C=FI: the CRL of its issuer does not count: it is signed with {shown}, "
        "which is broken"
    )
    assert found(weak_list("sha256")).passed
    # What it revokes is revoked, beside a good one too; unless somebody else signed it.
    assert failed(found(weak_list(digest, 0xABCD))) == {"chain-crl-algorithm", "chain-revoked"}
    assert failed(found(weak_list(digest, 0xABCD), crl(issuer))) == {"chain-revoked"}
    other = keys.rsa_key(3) if issuer is RSA_ISSUING else keys.ec_key(8)
    assert failed(found(weak_list(digest, 0xABCD, signer=other))) == {"chain-crl-algorithm"}
    # A good one is enough, and the other is named.
    report = found(weak_list(digest), crl(issuer))
    assert report.passed
    assert f"signed with {shown}" in report["chain-crl-used"].message


def test_an_algorithm_that_nobody_can_verify_is_not_called_another_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # As where the machine's policy forbids SHA-1 altogether.
    verifies = signed_by._verifies

    def forbidding(key: Any, signed: signed_by.Signed, content: bytes) -> bool:
        if signed_by.algorithm_fault(signed) is not None:
            raise UnsupportedAlgorithm("forbidden here")
        return verifies(key, signed, content)

    monkeypatch.setattr(signed_by, "_verifies", forbidding)
    report = judge(weak_leaf(ISSUING, "sha1", tmp_path))
    assert failed(report) == {"chain-signature-algorithm"}
    skipped = [check for check in report.with_status(Status.SKIPPED) if check.id == "chain-signature"]
    assert [check.message for check in skipped] == [
        "CN=client.example,C=FI: not judged, because chain-signature-algorithm did not pass"
    ]


def spki(key: Any) -> bytes:
    found: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


@pytest.mark.parametrize("curve", ["prime239v1", "sect163k1"])
def test_a_key_on_a_curve_that_is_not_known(curve: str, tmp_path: Path) -> None:
    run_tool("openssl", "ecparam", "-name", curve, "-genkey", "-noout", "-out", tmp_path / "odd.key")
    odd = run_tool("openssl", "pkey", "-in", tmp_path / "odd.key", "-pubout", "-outform", "DER").stdout
    for new, faults in ((odd, {"chain-key"}), (spki(keys.ec_key(8)), set())):
        content, old = LEAF.certificate.tbs_certificate_bytes, spki(LEAF.key)
        der = pki.signed_again(content, ISSUING.key, tmp_path, old=old, new=new)
        report = judge(Node(LEAF.key, x509.load_der_x509_certificate(der)))
        assert failed(report) == faults
    assert judge(LEAF)["chain-key"].status is Status.PASS


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(ec.generate_private_key(ec.SECP224R1()), id="P-224"),
        pytest.param(ed448.Ed448PrivateKey.generate(), id="Ed448"),
        pytest.param(x25519.X25519PrivateKey.generate(), id="X25519"),
    ],
)
def test_keys_that_are_strong_enough(key: Any) -> None:
    assert judge(issue("client.example", ISSUING, key=key, ca=False, usages=None)).passed


def version_1(subject: str, issuer: Node | None = None) -> Node:
    """A certificate of version 1, which has no extensions: made of one of version 3 without any."""
    key = keys.ec_key(1)
    above = issuer.certificate.subject if issuer else pki.name(subject)
    builder = x509.CertificateBuilder(above, pki.name(subject), key.public_key(), 1, pki.BEGIN, pki.END)
    made = builder.sign(key, SHA256())
    version = bytes.fromhex("a003020102")
    signed = made.tbs_certificate_bytes
    assert signed.count(version) == 1
    signed = pki.tlv(0x30, signed[signed.index(version) + len(version) :])
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")  # ecdsa-with-SHA256
    signature = (issuer.key if issuer else key).sign(signed, ec.ECDSA(SHA256()))
    der = pki.tlv(0x30, signed, algorithm, pki.tlv(0x03, b"\0", signature))
    return Node(key, x509.load_der_x509_certificate(der))


def test_a_root_of_version_1_is_a_ca_if_it_is_trusted_and_an_intermediate_is_not() -> None:
    root = version_1("Old Root CA")
    assert root.certificate.version is x509.Version.v1
    report = judge(leaf(root), trust=(root,), intermediates=())
    assert report.passed, report.failures
    old = version_1("Old CA", ROOT)
    assert failed(judge(leaf(old), intermediates=(old,))) == {"chain-ca"}


def undated(node: Node) -> x509.CertificateRevocationList:
    """A CRL without nextUpdate: made of one that has it."""
    made = crl(node)
    content = made.tbs_certlist_bytes.replace(
        pki.tlv(0x17, f"{AT + timedelta(days=6):%y%m%d%H%M%SZ}".encode()), b""
    )
    assert content != made.tbs_certlist_bytes
    signed = pki.tlv(0x30, content[2:])
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")  # ecdsa-with-SHA256
    signature = node.key.sign(signed, ec.ECDSA(SHA256()))
    return x509.load_der_x509_crl(pki.tlv(0x30, signed, algorithm, pki.tlv(0x03, b"\0", signature)))


def test_a_crl_that_does_not_say_until_when_it_counts() -> None:
    report = judge(crls=[undated(ISSUING), crl(ROOT)])
    assert failed(report) == {"chain-crl-fresh"}
    assert "has no nextUpdate" in report["chain-crl-fresh"].message


PSS = padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH)


@pytest.mark.parametrize(
    ("key", "pss"),
    [
        pytest.param(keys.rsa_key(7), None, id="RSA"),
        pytest.param(keys.rsa_key(7), PSS, id="RSASSA-PSS"),
        pytest.param(ec.generate_private_key(ec.SECP384R1()), None, id="P-384"),
        pytest.param(keys.ed25519_key(), None, id="Ed25519"),
    ],
)
def test_chains_of_every_kind_of_key(key: Any, pss: padding.PSS | None) -> None:
    root = issue("Some Root CA", key=key, padding=pss)
    node = leaf(root, padding=pss)
    assert judge(node, trust=(root,), intermediates=()).passed
    # The same certificate below another root of that name, whose key is of another kind.
    other = issue(
        "Some Root CA", key=keys.ed25519_key() if key is not keys.ed25519_key() else keys.rsa_key(7)
    )
    assert "chain-signature" in failed(judge(node, trust=(other,), intermediates=()))


def test_a_key_that_signs_nothing_is_nobodys_issuer() -> None:
    exchange = x25519.X25519PrivateKey.generate()
    odd = issue("Test Issuing CA", ROOT, key=exchange)
    report = judge(leaf(odd, signed_by=keys.ec_key(2)), intermediates=(odd,))
    assert failed(report) == {"chain-signature"}


def test_what_openssl_cannot_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from OpenSSL import crypto

    def fails(certificate: object) -> crypto.X509:
        raise crypto.Error([("asn1", "", str(certificate))])

    monkeypatch.setattr(crypto.X509, "from_cryptography", fails)
    report = judge()
    assert failed(report) == {"chain-verified"}
    assert report["chain-verified"].message.endswith("CN=client.example,C=FI: OpenSSL cannot read it")


def test_openssl_is_asked_with_the_time_the_crls_and_the_critical_extensions() -> None:
    path = chain(LEAF, ISSUING, ROOT)
    later = AT + timedelta(days=2000)
    assert ask_openssl(path, at=AT) is None
    assert ask_openssl(path, at=None) is None
    refusal = ask_openssl(path, at=later)
    assert refusal is not None
    assert (refusal.code, refusal.message) == (10, "certificate has expired")
    assert ask_openssl(path, at=AT, revocations=[crl(ISSUING)]) is None
    refusal = ask_openssl(path, at=AT, revocations=[crl(ISSUING, 0xABCD)])
    assert refusal is not None
    assert (refusal.code, refusal.position) == (23, 0)
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    odd = issue("Test Issuing CA", ROOT, number=2, extensions=[(unknown, True)])
    path = chain(leaf(odd), odd, ROOT)
    refusal = ask_openssl(path, at=AT)
    assert refusal is not None
    assert (refusal.code, refusal.position) == (34, 1)
    assert ask_openssl(path, at=AT, critical=False) is None


def with_bytes(node: Node, old: bytes, new: bytes) -> x509.Certificate:
    """A certificate with some bytes exchanged for as many others."""
    der = node.certificate.public_bytes(Encoding.DER)
    assert len(old) == len(new)
    assert old in der
    return x509.load_der_x509_certificate(der.replace(old, new))


def test_names_that_cannot_be_read() -> None:
    # 0xff is no UTF-8.
    nameless = with_bytes(ISSUING, b"Test Issuing CA", b"Test Issuing \xffA")
    rootless = with_bytes(ISSUING, b"Test Root CA", b"Test Root \xffA")
    for damaged, rule in ((nameless, "chain-complete"), (rootless, "chain-complete")):
        more = [damaged, ISSUING.certificate]
        assert verify_chain(LEAF.certificate, trust=[ROOT.certificate], intermediates=more, at=AT).passed
        report = verify_chain(LEAF.certificate, trust=[ROOT.certificate], intermediates=[damaged], at=AT)
        assert rule in failed(report)
    # Trusted, it is where the chain ends, and still refused: it cannot be read.
    report = verify_chain(LEAF.certificate, trust=[rootless], at=AT)
    assert failed(report) == {"chain-readable"}
    for damaged in (
        with_bytes(LEAF, b"client.example", b"client.exampl\xff"),
        with_bytes(LEAF, b"Issuing", b"Issuin\xff"),
    ):
        with pytest.raises(MalformedError):
            verify_chain(damaged, trust=[ROOT.certificate], at=AT)


DAMAGED = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\x30\x05\x01")


def test_a_damaged_namesake_is_in_nobodys_way() -> None:
    damaged = issue("Test Issuing CA", ROOT, number=2, serial=99, extensions=[(DAMAGED, False)])
    assert judge(intermediates=(damaged, ISSUING)).chain == chain(LEAF, ISSUING, ROOT)
    assert failed(judge(intermediates=(damaged,))) == {"chain-readable"}


def test_usages_of_a_damaged_certificate_are_not_guessed() -> None:
    usages = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH])
    issuing = issue("Test Issuing CA", ROOT, number=2, extensions=[(usages, False)])
    report = judge(leaf(issuing, extensions=[(DAMAGED, False)]), intermediates=(issuing,))
    assert failed(report) == {"chain-readable"}
    skipped = [
        check for check in report if check.id == "chain-extended-usage" and check.status is Status.SKIPPED
    ]
    assert "what the certificate itself is for cannot be read" in skipped[-1].message
    # One that says nothing of its usages may be for anything.
    assert judge(leaf(issuing), intermediates=(issuing,))["chain-extended-usage"].status is Status.PASS


# ProxyCertInfo (RFC 3820) with the policy "inherit all", not critical.
PROXY = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.3.6.1.5.5.7.1.14"), bytes.fromhex("300c300a06082b06010505071501")
)


def test_what_only_openssl_refuses_is_refused() -> None:
    report = judge(leaf(ISSUING, extensions=[(PROXY, False)]))
    assert failed(report) == {"chain-verified"}
    assert (
        "OpenSSL refuses it: CN=client.example,C=FI: proxy certificates not allowed"
        in report["chain-verified"].message
    )
    other = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.99"), PROXY.value)
    assert judge(leaf(ISSUING, extensions=[(other, False)])).passed


def test_all_faults_are_told_at_once() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    root = issue("Test Root CA", number=1, path_length=0, not_after=AT - timedelta(days=2))
    constraints = x509.NameConstraints([x509.DNSName("example.com")], None)
    issuing = issue("Test Issuing CA", root, number=2, extensions=[(constraints, True)])
    names = x509.SubjectAlternativeName([x509.DNSName("www.example.org")])
    node = leaf(
        issuing, not_after=AT - timedelta(days=1), extensions=[(unknown, True), (names, False)], serial=5
    )
    stale = crl(issuing, 5, next_update=AT - timedelta(hours=1))
    report = judge(node, trust=(root,), intermediates=(issuing,), crls=[stale])
    assert failed(report) == {
        "chain-validity",
        "chain-path-length",
        "chain-critical",
        "chain-crl-fresh",
        "chain-revoked",
    }
    where = [check.where for check in report.failures if check.id == "chain-validity"]
    assert where == ["chain[0]", "chain[2]"]
    # OpenSSL cannot be brought past the length of the path, which is said.
    assert report["chain-name-constraints"].status is Status.SKIPPED
    assert "path length constraint exceeded" in report["chain-name-constraints"].message
    assert report["chain-verified"].status is Status.SKIPPED
    assert "OpenSSL stops at what is told above" in report["chain-verified"].message
    # Without that it goes on to the names, the expired root and leaf and the rest notwithstanding.
    root = issue("Test Root CA", number=1, not_after=AT - timedelta(days=2))
    report = judge(node, trust=(root,), intermediates=(issuing,), crls=[stale])
    assert "chain-name-constraints" in failed(report)


def test_of_several_crls_of_an_issuer_a_good_one_is_enough() -> None:
    bad = [
        crl(ISSUING, next_update=AT - timedelta(days=1)),
        crl(ISSUING, signed_by=keys.ec_key(8)),
        crl(ISSUING, this_update=AT + timedelta(days=1)),
    ]
    assert judge(crls=[*bad, crl(ISSUING), crl(ROOT)]).passed
    assert judge(crls=[*bad, crl(ROOT)])["chain-crl-fresh"].status is Status.FAIL
    # An entry in a CRL that somebody else signed revokes nothing; one in a stale CRL does.
    forged = crl(ISSUING, 0xABCD, signed_by=keys.ec_key(8))
    assert judge(crls=[forged, crl(ISSUING), crl(ROOT)]).passed
    old = crl(ISSUING, 0xABCD, next_update=AT - timedelta(days=1))
    assert failed(judge(crls=[old, crl(ISSUING), crl(ROOT)])) == {"chain-revoked"}


BEFORE, LATER = AT - timedelta(days=1), AT + timedelta(days=1)
COMPROMISE = x509.ReasonFlags.key_compromise


def of_leaf(**more: Any) -> ChainReport:
    """A chain whose leaf stands in a CRL that was made later than a current one."""
    later = crl(ISSUING, 0xABCD, this_update=AT + timedelta(days=2), **more)
    return judge(crls=[crl(ISSUING), later, crl(ROOT)])


def test_revoked_after_the_time_that_is_judged() -> None:
    report = of_leaf(since=LATER)
    assert report.passed
    assert [check.id for check in report.warnings] == ["chain-revoked"]
    check = report["chain-revoked"]
    assert check.message == (
        "CN=client.example,C=FI: revoked, but only on 2026-06-17T12:00:00Z: "
        "later than 2026-06-16T12:00:00Z, which is judged"
    )
    assert check.where == "chain[0]"
    # To the second, the date itself is one on which it is revoked.
    assert failed(of_leaf(since=AT)) == {"chain-revoked"}
    assert of_leaf(since=AT + timedelta(seconds=1)).passed


def test_an_invalidity_date_counts_from_when_it_is() -> None:
    report = of_leaf(since=LATER, invalid_since=BEFORE, reason=COMPROMISE)
    assert failed(report) == {"chain-revoked"}
    assert report["chain-revoked"].message == (
        "CN=client.example,C=FI: revoked since 2026-06-17T12:00:00Z (keyCompromise), "
        "and invalid since 2026-06-15T12:00:00Z; judged is 2026-06-16T12:00:00Z"
    )
    later = AT + timedelta(hours=1)
    assert of_leaf(since=LATER, invalid_since=later, reason=COMPROMISE).passed
    assert of_leaf(since=LATER, reason=COMPROMISE).passed
    # One that contradicts the other date takes nothing back.
    assert failed(of_leaf(since=BEFORE, invalid_since=LATER)) == {"chain-revoked"}


def test_of_several_entries_the_earliest_counts() -> None:
    lists = [crl(ISSUING, 0xABCD, since=LATER), crl(ISSUING, 0xABCD, since=BEFORE), crl(ROOT)]
    for given_lists in (lists, lists[::-1]):
        report = judge(crls=given_lists)
        assert failed(report) == {"chain-revoked"}
        assert "revoked since 2026-06-15" in report["chain-revoked"].message


def test_an_entry_that_is_damaged_counts_at_once(tmp_path: Path) -> None:
    content = crl(ISSUING, 0xABCD, since=LATER, invalid_since=LATER).tbs_certlist_bytes
    found = []
    for new in (b"20260617120000Z", b"20269917120000Z"):
        der = pki.signed_again(content, ISSUING.key, tmp_path, old=b"20260617120000Z", new=new)
        found.append(judge(crls=[x509.load_der_x509_crl(der), crl(ROOT)]))
    assert [failed(each) for each in found] == [set(), {"chain-revoked"}]


def test_crls_that_count_for_nothing_are_named() -> None:
    stranger = issue("Other CA", number=3)
    forged = crl(ISSUING, signed_by=keys.ec_key(8))
    report = judge(crls=[crl(ISSUING), crl(ROOT), crl(stranger), forged])
    assert report.passed
    assert report["chain-crl-used"].message == (
        "CRLs that count for nothing here: "
        "CN=Other CA,C=FI: nothing in the chain is of that issuer; "
        "CN=Test Issuing CA,C=FI: not signed with that key"
    )
    # A stale one beside a current one could have revoked the certificate.
    stale = crl(ISSUING, next_update=BEFORE)
    assert judge(crls=[crl(ISSUING), crl(ROOT), stale])["chain-crl-used"].status is Status.PASS
    many = [crl(issue(f"CA {number}", number=3)) for number in range(5)]
    assert judge(crls=[crl(ISSUING), crl(ROOT), *many])["chain-crl-used"].message.endswith("; and 2 more")


def test_a_crl_whose_issuer_cannot_be_read_is_named_all_the_same(tmp_path: Path) -> None:
    content = crl(ISSUING).tbs_certlist_bytes
    der = pki.signed_again(content, ISSUING.key, tmp_path, old=b"Test Issuing", new=b"Test Issuin\xff")
    report = judge(crls=[x509.load_der_x509_crl(der), crl(ISSUING), crl(ROOT)])
    assert "(an issuer that cannot be read)" in report["chain-crl-used"].message


def test_without_crls_revocation_is_skipped_with_the_reason() -> None:
    report = judge()
    for name in (
        "chain-crl-present",
        "chain-crl-scope",
        "chain-crl-algorithm",
        "chain-crl-signature",
        "chain-crl-fresh",
        "chain-revoked",
        "chain-crl-used",
    ):
        assert report[name].status is Status.SKIPPED
        assert report[name].message == "no CRL was given: whether a certificate is revoked was not checked"


def test_a_policy_that_is_demanded_only_further_down() -> None:
    def policy(oid: str) -> tuple[x509.ExtensionType, bool]:
        return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None)]), False

    def demand(skip: int) -> tuple[x509.ExtensionType, bool]:
        return x509.PolicyConstraints(skip, None), True

    any_policy = policy("2.5.29.32.0")
    for extensions, node_extensions, passes in (
        ([demand(0)], [], False),
        ([demand(1)], [], False),
        ([demand(2)], [], True),
        ([any_policy, demand(0)], [policy("1.2.3.1")], True),
        ([any_policy, demand(0)], [any_policy], True),
        ([any_policy, demand(0), (x509.InhibitAnyPolicy(0), True)], [any_policy], False),
        ([any_policy, demand(0), (x509.InhibitAnyPolicy(0), True)], [policy("1.2.3.1")], True),
    ):
        issuing = issue("Test Issuing CA", ROOT, number=2, extensions=extensions)
        report = judge(leaf(issuing, extensions=node_extensions), intermediates=(issuing,))
        assert failed(report) == (set() if passes else {"chain-policy"}), extensions


# --- what is refused ----------------------------------------------------------


def test_nothing_trusted_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="no certificate is trusted"):
        judge(trust=())


def test_a_time_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="without a zone"):
        judge(at=datetime(2026, 6, 16))  # noqa: DTZ001


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_any_time_can_be_judged(at: datetime) -> None:
    assert failed(judge(at=at)) == {"chain-validity"}


def test_the_last_second_counts() -> None:
    node = leaf(ISSUING, not_after=AT)
    assert judge(node, at=AT.replace(microsecond=999_999))["chain-validity"].status is Status.PASS
    assert failed(judge(node, at=AT + timedelta(seconds=1))) == {"chain-validity"}


# --- files --------------------------------------------------------------------


def test_a_bundle_is_read_in_its_order_each_certificate_once() -> None:
    data = b"# a comment\n" + pki.pem(ROOT, ISSUING, ROOT)
    assert load_bundle(data) == chain(ROOT, ISSUING)
    assert load_bundle(ROOT.certificate.public_bytes(Encoding.DER)) == chain(ROOT)


def test_a_bundle_larger_than_a_certificate_file_is_read() -> None:
    padding = b"x" * 76 + b"\n"
    data = pki.pem(ROOT) + padding * 20_000 + pki.pem(ISSUING)
    assert len(data) > Limit.CERTIFICATE
    with pytest.raises(TooLargeError):  # a megabyte of text is no part of a certificate, but of its block
        load_bundle(pki.pem(ROOT).replace(b"-----END", b"A" * Limit.CERTIFICATE + b"\n-----END"))
    assert load_bundle(data) == chain(ROOT, ISSUING)


def test_the_systems_bundle_is_read(tmp_path: Path) -> None:
    many = [issue(f"CA {number}", number=1).certificate for number in range(150)]
    (tmp_path / "bundle.pem").write_bytes(pki.pem(*many))
    assert load_bundle((tmp_path / "bundle.pem").read_bytes()) == tuple(many)


BEGIN_CRL = b"-----BEGIN X509 CRL-----\n"
TRUNCATED = pki.pem(ROOT)[:-60]


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        pytest.param(b"", MalformedError, "empty", id="empty"),
        pytest.param(b"x" * (Limit.BUNDLE + 1), TooLargeError, "33,554,432 bytes", id="33 MB"),
        pytest.param(
            b"x" * (Limit.CERTIFICATE + 1), TooLargeError, "for anything but certificates in PEM", id="text"
        ),
        pytest.param(TRUNCATED, MalformedError, "no END line", id="truncated"),
        pytest.param(pki.pem(ISSUING) + TRUNCATED, MalformedError, "no END line", id="truncated later"),
        pytest.param(
            pki.pem(ISSUING) + pki.pem(ROOT).replace(b"\nMII", b"\n*II"),
            MalformedError,
            f"line {len(pki.pem(ISSUING).splitlines()) + 2}: a foreign character",
            id="a foreign character",
        ),
        pytest.param(
            pki.pem(ISSUING) + b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            MalformedError,
            "certificate 2 of the bundle cannot be read",
            id="no certificate inside",
        ),
        pytest.param(
            b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" * (MAX_BUNDLE + 1),
            TooLargeError,
            "10,000 certificates",
            id="too many",
        ),
        pytest.param(pki.pem(crl(ROOT)), WrongKindError, "list of revoked certificates", id="a CRL"),
        pytest.param(keys.key_pem(keys.ec_key()), WrongKindError, "private key", id="a key"),
    ],
)
def test_a_bundle_that_is_none(data: bytes, error: type[InputError], words: str) -> None:
    with pytest.raises(error) as raised:
        load_bundle(data)
    assert words in raised.value.message


def test_crls_in_pem_and_der() -> None:
    first, second = crl(ROOT), crl(ISSUING, 5)
    assert load_revocation_lists(b"text\n" + pki.pem(first, ROOT, second)) == (first, second)
    assert load_revocation_lists(first.public_bytes(Encoding.DER)) == (first,)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        pytest.param(b" \n", MalformedError, "empty", id="empty"),
        pytest.param(b"x" * (Limit.BUNDLE + 1), TooLargeError, "33,554,432 bytes", id="33 MB"),
        pytest.param(
            crl(ROOT).public_bytes(Encoding.DER)[:-1], MalformedError, "damaged, or no CRL", id="truncated"
        ),
        pytest.param(pki.pem(crl(ROOT))[:-60], MalformedError, "no END line", id="truncated PEM"),
        pytest.param(
            BEGIN_CRL + b"MAA=\n-----END X509 CRL-----\n", MalformedError, "CRL 1 of the file", id="none"
        ),
        pytest.param(
            (BEGIN_CRL + b"-----END X509 CRL-----\n") * (MAX_LISTS + 1), TooLargeError, "1,000", id="too many"
        ),
        pytest.param(pki.pem(ROOT), WrongKindError, "a certificate, where a CRL belongs", id="a certificate"),
        pytest.param(
            ROOT.certificate.public_bytes(Encoding.DER), WrongKindError, "a certificate, where", id="DER"
        ),
        pytest.param(b"hello", MalformedError, "damaged, or no CRL", id="text"),
    ],
)
def test_a_crl_that_is_none(data: bytes, error: type[InputError], words: str) -> None:
    with pytest.raises(error) as raised:
        load_revocation_lists(data)
    assert words in raised.value.message
    assert raised.value.__context__ is None or isinstance(raised.value.__context__, InputError)


@given(st.binary(max_size=400), st.integers(min_value=0), st.booleans())
def test_damaged_files_are_refused_or_judged(noise: bytes, position: int, of_list: bool) -> None:
    source: Any = crl(ISSUING, 0xABCD) if of_list else ISSUING.certificate
    data = bytearray(source.public_bytes(Encoding.DER))
    start = position % len(data)
    data[start : start + len(noise) % 8] = noise[: len(noise) % 8]
    given_more: dict[str, Any] = {}
    try:
        if of_list:
            given_more["crls"] = load_revocation_lists(bytes(data))
        else:
            given_more["intermediates"] = load_bundle(bytes(data))
    except InputError:
        return
    # What was loaded is judged, whatever is wrong inside.
    options = {"intermediates": [ISSUING.certificate], "crls": ()} | given_more
    report = verify_chain(LEAF.certificate, trust=[ROOT.certificate], at=AT, **options)
    assert report.passed in {True, False}
    assert not (of_list and report.passed and report["chain-revoked"].status is Status.PASS)


@given(st.integers(min_value=0), st.binary(min_size=1, max_size=4))
def test_a_damaged_certificate_never_passes(position: int, noise: bytes) -> None:
    data = bytearray(LEAF.certificate.public_bytes(Encoding.DER))
    start = position % len(data)
    data[start : start + len(noise)] = noise
    if bytes(data) == LEAF.certificate.public_bytes(Encoding.DER):
        return
    try:
        (damaged,) = load_bundle(bytes(data))
        report = verify_chain(damaged, trust=[ROOT.certificate], intermediates=[ISSUING.certificate], at=AT)
    except InputError:
        return
    assert not report.passed
