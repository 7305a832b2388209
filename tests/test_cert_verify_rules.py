"""Every rule about chains: a chain that passes, and one, different in one thing, that fails by it alone.

Each is also shown to `openssl verify`, which has to agree but for what is listed with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec

from jwttool.checks import catalogue
from jwttool.checks.chain import CHAIN_RULES, ChainReport, verify_chain
from jwttool.report import Status
from jwttool.times import unix_seconds
from tests import issue as keys
from tests import pki
from tests.pki import AT, ISSUING, LEAF, ROOT, Node, crl, issue, leaf
from tests.tools import run_tool

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Given:
    """What a chain is verified with."""

    leaf: Node = LEAF
    trust: Sequence[Node] = (ROOT,)
    intermediates: Sequence[Node] = (ISSUING,)
    crls: Sequence[x509.CertificateRevocationList] = ()


@dataclass(frozen=True)
class Case:
    """A sound chain and a bad one; ``message`` stands in the check of the bad one.

    ``openssl`` is what `openssl verify` says of the bad one, or None with ``why``
    where it lets it pass.
    """

    rule: str
    bad: Given
    message: str
    good: Given = field(default_factory=Given)
    where: str | None = "chain[0]"
    openssl: str | None = None  # "" for any refusal: its words differ by version
    why: str = ""
    status: Status = Status.FAIL
    also: frozenset[str] = frozenset()


def below(issuing: Node, **more: Any) -> Given:
    """A chain with another CA in the middle."""
    return Given(leaf(issuing, **more), intermediates=(issuing,))


def with_crl(*lists: x509.CertificateRevocationList, **more: Any) -> Given:
    return Given(leaf(ISSUING, **more), crls=(*lists, ROOT_CRL))


def dns(domain: str) -> tuple[x509.ExtensionType, bool]:
    return x509.SubjectAlternativeName([x509.DNSName(domain)]), False


def constrained(**subtrees: Sequence[x509.GeneralName]) -> Node:
    constraints = x509.NameConstraints(subtrees.get("permitted") or None, subtrees.get("excluded") or None)
    return issue("Test Issuing CA", ROOT, number=2, extensions=[(constraints, True)])


def policies(oid: str) -> tuple[x509.ExtensionType, bool]:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None)]), False


def scoped(**more: object) -> tuple[x509.ExtensionType, bool]:
    given: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**given | more), True  # type: ignore[arg-type]


def point(url: str, *reasons: x509.ReasonFlags) -> tuple[x509.ExtensionType, bool]:
    names = [x509.UniformResourceIdentifier(url)]
    found = x509.DistributionPoint(names, None, frozenset(reasons) or None, None)
    return x509.CRLDistributionPoints([found]), False


def two_points(*reasons: x509.ReasonFlags | None) -> tuple[x509.ExtensionType, bool]:
    """One distribution point at an address, and one at another."""
    points = [
        x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, each and frozenset({each}), None)
        for url, each in zip((DISTANT, DISTANT + "2"), reasons, strict=True)
    ]
    return x509.CRLDistributionPoints(points), False


ALONE: Final = issue("client.example", number=9, ca=False)


def eku(*usages: x509.ObjectIdentifier) -> tuple[x509.ExtensionType, bool]:
    return x509.ExtendedKeyUsage(usages), False


CLIENT_AUTH: Final = x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH
SERVER_AUTH: Final = x509.oid.ExtendedKeyUsageOID.SERVER_AUTH
UNKNOWN: Final = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
DAMAGED: Final = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\x30\x05\x01")
OTHER_ROOT: Final = issue("Test Root CA", number=5)
ROOT_CRL: Final = crl(ROOT)
GOOD_CRL: Final = crl(ISSUING)
GOOD_LISTS: Final = with_crl(GOOD_CRL)
DEEP_ROOT: Final = issue("Test Root CA", number=1, path_length=0)
ROOT_OF_ONE: Final = issue("Test Root CA", number=1, path_length=1)
SHORT: Final = issue("Test Issuing CA", ROOT, number=2, key=keys.rsa_key(7, 1024))
DSA: Final = dsa.generate_private_key(2048)
LONG: Final = issue("Test Issuing CA", ROOT, number=2, key=keys.rsa_key(7, 2048))
RELATIVE: Final = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "part 1")])
DISTANT: Final = "http://crl.example/ca.crl"
FROM_DISTANT: Final = crl(ISSUING, extensions=[scoped(full_name=[x509.UniformResourceIdentifier(DISTANT)])])

CASES: Final = {
    "the issuer is missing": Case(
        "chain-complete",
        Given(intermediates=()),
        "neither trusted nor among the intermediates: CN=Test Issuing CA,C=FI",
        openssl="unable to get local issuer certificate",
    ),
    "the root is another": Case(
        "chain-trusted",
        Given(trust=(issue("Other Root CA", number=4),), intermediates=(ISSUING, ROOT)),
        "CN=Test Root CA,C=FI: this root is there, and it is not in the trust bundle",
        Given(intermediates=(ISSUING, ROOT)),
        where="chain[2]",
        openssl="self-signed certificate in certificate chain",
    ),
    "self-signed and not trusted": Case(
        "chain-trusted",
        Given(ALONE, intermediates=()),
        "it is signed by itself, and it is not in the trust bundle",
        Given(ALONE, (ALONE,), ()),
        openssl="self-signed certificate",
    ),
    "the certificate itself is trusted": Case(
        "chain-trusted",
        Given(trust=(LEAF,), intermediates=()),
        "it is itself in the trust bundle, so no CA was looked at",
        Given(trust=(ISSUING,), intermediates=()),
        status=Status.WARNING,
        why="a trusted certificate is trusted",
    ),
    "a damaged extension": Case(
        "chain-readable",
        Given(leaf(ISSUING, extensions=[(DAMAGED, False)])),
        "an extension of the certificate cannot be read: it is damaged",
        Given(leaf(ISSUING, extensions=[dns("client.example")])),
        openssl="",
    ),
    "a wrong signature": Case(
        "chain-signature",
        Given(leaf(ISSUING, signed_by=keys.ec_key(8))),
        "the signature does not verify with the key of CN=Test Issuing CA,C=FI",
        openssl="certificate signature failure",
    ),
    "a root of the same name with another key": Case(
        "chain-signature",
        Given(trust=(OTHER_ROOT,)),
        "CN=Test Issuing CA,C=FI: the signature does not verify with the key of CN=Test Root CA,C=FI",
        where="chain[1]",
        openssl="unable to get local issuer certificate",
        also=frozenset({"chain-key-identifier"}),
    ),
    "a wrong key identifier": Case(
        "chain-key-identifier",
        Given(leaf(ISSUING, authority_key=OTHER_ROOT.certificate)),
        "its authority key identifier is not that of CN=Test Issuing CA,C=FI",
        openssl="unable to get local issuer certificate",
    ),
    "a short key": Case(
        "chain-key",
        below(SHORT),
        "CN=Test Issuing CA,C=FI: its RSA key has 1,024 bits",
        below(LONG),
        where="chain[1]",
        why="the size of keys is a matter of its security level, which is 0 here",
    ),
    "a curve of 192 bits": Case(
        "chain-key",
        Given(leaf(ISSUING, key=ec.generate_private_key(ec.SECP192R1()))),
        "its key is on a curve of 192 bits (secp192r1)",
        Given(leaf(ISSUING, key=ec.generate_private_key(ec.SECP224R1()))),
        why="the size of keys is a matter of its security level, which is 0 here",
    ),
    "a CA on a curve of 192 bits": Case(
        "chain-key",
        below(issue("Test Issuing CA", ROOT, number=2, key=ec.generate_private_key(ec.SECP192R1()))),
        "CN=Test Issuing CA,C=FI: its key is on a curve of 192 bits",
        where="chain[1]",
        why="the size of keys is a matter of its security level, which is 0 here",
    ),
    "a DSA key": Case(
        "chain-key",
        Given(leaf(ISSUING, key=DSA)),
        "its key is one for DSA, which is withdrawn",
        why="it knows DSA",
    ),
    "a CA with a DSA key": Case(
        "chain-key",
        below(issue("Test Issuing CA", ROOT, number=2, key=DSA)),
        "CN=Test Issuing CA,C=FI: its key is one for DSA, which is withdrawn",
        where="chain[1]",
        why="it knows DSA",
    ),
    "expired": Case(
        "chain-validity",
        Given(leaf(ISSUING, not_after=AT - timedelta(seconds=1))),
        "CN=client.example,C=FI: expired 2026-06-16T11:59:59Z, 1 s earlier",
        Given(leaf(ISSUING, not_after=AT + timedelta(seconds=1))),
        openssl="certificate has expired",
    ),
    "not yet valid": Case(
        "chain-validity",
        Given(leaf(ISSUING, not_before=AT + timedelta(seconds=1))),
        "not valid before 2026-06-16T12:00:01Z, 1 s later",
        Given(leaf(ISSUING, not_before=AT)),
        openssl="certificate is not yet valid",
    ),
    "an expired CA": Case(
        "chain-validity",
        below(issue("Test Issuing CA", ROOT, number=2, not_after=AT - timedelta(days=1))),
        "CN=Test Issuing CA,C=FI: expired",
        where="chain[1]",
        openssl="certificate has expired",
    ),
    "an expired root": Case(
        "chain-validity",
        Given(trust=(issue("Test Root CA", number=1, not_after=AT - timedelta(days=1)),)),
        "CN=Test Root CA,C=FI: expired",
        where="chain[2]",
        openssl="certificate has expired",
    ),
    "an issuer that says that it is no CA": Case(
        "chain-ca",
        below(issue("Test Issuing CA", ROOT, number=2, ca=False)),
        "it issued a certificate and says that it is no CA",
        where="chain[1]",
        openssl="invalid CA certificate",
    ),
    "an issuer without basic constraints": Case(
        "chain-ca",
        below(issue("Test Issuing CA", ROOT, number=2, ca=None)),
        "it issued a certificate and has no basic constraints: it is no CA",
        where="chain[1]",
        openssl="invalid CA certificate",
    ),
    "a CA that may not sign certificates": Case(
        "chain-usage",
        below(issue("Test Issuing CA", ROOT, number=2, usages={"crl_sign"})),
        "its key usage lacks keyCertSign",
        below(issue("Test Issuing CA", ROOT, number=2, usages={"key_cert_sign"})),
        where="chain[1]",
        openssl="invalid CA certificate",
    ),
    "a CA for another usage": Case(
        "chain-extended-usage",
        below(
            issue("Test Issuing CA", ROOT, number=2, extensions=[eku(SERVER_AUTH)]),
            extensions=[eku(CLIENT_AUTH)],
        ),
        "it may not issue for clientAuth, which the certificate is for",
        below(
            issue("Test Issuing CA", ROOT, number=2, extensions=[eku(CLIENT_AUTH)]),
            extensions=[eku(CLIENT_AUTH)],
        ),
        where="chain[1]",
        status=Status.WARNING,
        why="no purpose is asked for",
    ),
    "too many CAs below": Case(
        "chain-path-length",
        Given(trust=(DEEP_ROOT,)),
        "CN=Test Root CA,C=FI: it allows 0 CAs below it, and there are 1",
        Given(trust=(ROOT_OF_ONE,)),
        where="chain[2]",
        openssl="path length constraint exceeded",
    ),
    "an unknown critical extension": Case(
        "chain-critical",
        Given(leaf(ISSUING, extensions=[(UNKNOWN, True)])),
        "a critical extension that is not known: 1.2.3.4.5",
        Given(leaf(ISSUING, extensions=[(UNKNOWN, False)])),
        openssl="unhandled critical extension",
    ),
    "a name that is not permitted": Case(
        "chain-name-constraints",
        below(constrained(permitted=[x509.DNSName("example.com")]), extensions=[dns("www.example.org")]),
        "CN=client.example,C=FI: permitted subtree violation",
        below(constrained(permitted=[x509.DNSName("example.com")]), extensions=[dns("www.example.com")]),
        openssl="permitted subtree violation",
    ),
    "a name that is excluded": Case(
        "chain-name-constraints",
        below(constrained(excluded=[x509.DNSName("example.org")]), extensions=[dns("www.example.org")]),
        "excluded subtree violation",
        below(constrained(excluded=[x509.DNSName("example.org")]), extensions=[dns("www.example.com")]),
        openssl="excluded subtree violation",
    ),
    "a subject that is not permitted": Case(
        "chain-name-constraints",
        below(constrained(permitted=[x509.DirectoryName(pki.name("elsewhere.example"))])),
        "permitted subtree violation",
        below(constrained(permitted=[x509.DirectoryName(pki.name("client.example"))])),
        openssl="permitted subtree violation",
    ),
    "no policy where one is demanded": Case(
        "chain-policy",
        below(
            issue(
                "Test Issuing CA",
                ROOT,
                number=2,
                extensions=[policies("1.2.3.1"), (x509.PolicyConstraints(0, None), True)],
            ),
            extensions=[policies("1.2.3.2")],
        ),
        "a CA demands a policy that the whole chain has, and there is none",
        below(
            issue(
                "Test Issuing CA",
                ROOT,
                number=2,
                extensions=[policies("1.2.3.1"), (x509.PolicyConstraints(0, None), True)],
            ),
            extensions=[policies("1.2.3.1")],
        ),
        openssl="no explicit policy",
    ),
    "no CRL of the issuer": Case(
        "chain-crl-present",
        with_crl(),
        "no CRL of its issuer, CN=Test Issuing CA,C=FI, was given",
        GOOD_LISTS,
        openssl="unable to get certificate CRL",
    ),
    "no CRL of a CA's issuer": Case(
        "chain-crl-present",
        Given(crls=[GOOD_CRL]),
        "CN=Test Issuing CA,C=FI: no CRL of its issuer, CN=Test Root CA,C=FI, was given",
        GOOD_LISTS,
        where="chain[1]",
        status=Status.WARNING,
        why="-crl_check looks at the certificate alone",
    ),
    "a delta CRL": Case(
        "chain-crl-scope",
        with_crl(crl(ISSUING, extensions=[(x509.CRLNumber(2), False), (x509.DeltaCRLIndicator(1), True)])),
        "it is a delta CRL",
        with_crl(crl(ISSUING, extensions=[(x509.CRLNumber(2), False)])),
        why="it takes the changes for the whole",
    ),
    "an indirect CRL": Case(
        "chain-crl-scope",
        with_crl(crl(ISSUING, extensions=[scoped(indirect_crl=True)])),
        "it is an indirect CRL",
        GOOD_LISTS,
        openssl="",
    ),
    "a CRL for some reasons": Case(
        "chain-crl-scope",
        with_crl(
            crl(ISSUING, extensions=[scoped(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise}))])
        ),
        "it covers only some reasons of revocation",
        GOOD_LISTS,
        openssl="",
    ),
    "a CRL for CAs": Case(
        "chain-crl-scope",
        with_crl(crl(ISSUING, extensions=[scoped(only_contains_ca_certs=True)])),
        "it covers certificates of CAs alone",
        with_crl(crl(ISSUING, extensions=[scoped(only_contains_user_certs=True)])),
        openssl="Different CRL scope",
    ),
    "a CRL for attribute certificates": Case(
        "chain-crl-scope",
        with_crl(crl(ISSUING, extensions=[scoped(only_contains_attribute_certs=True)])),
        "it covers attribute certificates alone",
        GOOD_LISTS,
        openssl="",
    ),
    "a CRL for end entities over a CA": Case(
        "chain-crl-scope",
        Given(crls=[GOOD_CRL, crl(ROOT, extensions=[scoped(only_contains_user_certs=True)])]),
        "CN=Test Issuing CA,C=FI: the CRL of its issuer is of no use: it covers no certificates of CAs",
        Given(crls=[GOOD_CRL, crl(ROOT, extensions=[scoped(only_contains_ca_certs=True)])]),
        where="chain[1]",
        why="-crl_check looks at the certificate alone",
    ),
    "a CRL with a relative name": Case(
        "chain-crl-scope",
        with_crl(crl(ISSUING, extensions=[scoped(relative_name=RELATIVE)])),
        "it is named relative to its issuer",
        GOOD_LISTS,
        openssl="",
    ),
    "a CRL of another distribution point": Case(
        "chain-crl-scope",
        with_crl(
            crl(ISSUING, extensions=[scoped(full_name=[x509.UniformResourceIdentifier(DISTANT)])]),
            extensions=[point(DISTANT + "2")],
        ),
        "it is of another distribution point",
        with_crl(
            crl(ISSUING, extensions=[scoped(full_name=[x509.UniformResourceIdentifier(DISTANT)])]),
            extensions=[point(DISTANT)],
        ),
        openssl="Different CRL scope",
    ),
    "a distribution point for some reasons": Case(
        "chain-crl-scope",
        with_crl(GOOD_CRL, extensions=[point(DISTANT, x509.ReasonFlags.key_compromise)]),
        "the certificate's distribution point has it for some reasons alone",
        with_crl(GOOD_CRL, extensions=[point(DISTANT)]),
        openssl="",
    ),
    "the CRL's own distribution point is for some reasons": Case(
        "chain-crl-scope",
        with_crl(FROM_DISTANT, extensions=[two_points(x509.ReasonFlags.key_compromise, None)]),
        "the certificate's distribution point has it for some reasons alone",
        with_crl(FROM_DISTANT, extensions=[two_points(None, x509.ReasonFlags.key_compromise)]),
        openssl="",
    ),
    "a CRL of another issuer": Case(
        "chain-crl-used",
        with_crl(GOOD_CRL, crl(issue("Other CA", number=3))),
        "CN=Other CA,C=FI: nothing in the chain is of that issuer",
        GOOD_LISTS,
        where=None,
        status=Status.WARNING,
        why="it is not asked for that one",
    ),
    "a CRL with an unknown critical extension": Case(
        "chain-crl-scope",
        with_crl(crl(ISSUING, extensions=[(UNKNOWN, True)])),
        "it has a critical extension that is not known here (1.2.3.4.5)",
        with_crl(crl(ISSUING, extensions=[(UNKNOWN, False)])),
        openssl="unhandled critical CRL extension",
    ),
    "a CRL that another CA signed": Case(
        "chain-crl-signature",
        with_crl(crl(ISSUING, signed_by=keys.ec_key(8))),
        "the CRL of its issuer does not count: not signed with that key",
        GOOD_LISTS,
        openssl="CRL signature failure",
    ),
    "a CRL of a CA that may sign none": Case(
        "chain-crl-signature",
        Given(
            leaf(issue("Test Issuing CA", ROOT, number=2, usages={"key_cert_sign"})),
            intermediates=(issue("Test Issuing CA", ROOT, number=2, usages={"key_cert_sign"}),),
            crls=(GOOD_CRL, ROOT_CRL),
        ),
        "the issuer's key usage lacks cRLSign",
        GOOD_LISTS,
        openssl="key usage does not include CRL signing",
    ),
    "a stale CRL": Case(
        "chain-crl-fresh",
        with_crl(crl(ISSUING, next_update=AT - timedelta(seconds=1))),
        "the CRL of its issuer is stale: the next one was due 2026-06-16T11:59:59Z, 1 s earlier",
        with_crl(crl(ISSUING, next_update=AT + timedelta(seconds=1))),
        openssl="CRL has expired",
    ),
    "a CRL from the future": Case(
        "chain-crl-fresh",
        with_crl(crl(ISSUING, this_update=AT + timedelta(seconds=1))),
        "is not yet valid: it was made 2026-06-16T12:00:01Z, 1 s later",
        with_crl(crl(ISSUING, this_update=AT)),
        openssl="CRL is not yet valid",
    ),
    "a stale CRL of a CA's issuer": Case(
        "chain-crl-fresh",
        Given(crls=[GOOD_CRL, crl(ROOT, next_update=AT - timedelta(seconds=1))]),
        "CN=Test Issuing CA,C=FI: the CRL of its issuer is stale",
        GOOD_LISTS,
        where="chain[1]",
        why="-crl_check looks at the certificate alone",
    ),
    "revoked": Case(
        "chain-revoked",
        with_crl(crl(ISSUING, 0xABCD, reason=x509.ReasonFlags.key_compromise)),
        "CN=client.example,C=FI: revoked since 2026-01-01T00:00:00Z (keyCompromise)",
        with_crl(crl(ISSUING, 0xABCE)),
        openssl="certificate revoked",
    ),
    "on hold": Case(
        "chain-revoked",
        with_crl(crl(ISSUING, 0xABCD, reason=x509.ReasonFlags.certificate_hold)),
        "revoked since 2026-01-01T00:00:00Z (certificateHold)",
        with_crl(crl(ISSUING, 0xABCE, reason=x509.ReasonFlags.certificate_hold)),
        openssl="certificate revoked",
    ),
    "a revoked CA": Case(
        "chain-revoked",
        Given(crls=[GOOD_CRL, crl(ROOT, 0x1002)]),
        "CN=Test Issuing CA,C=FI: revoked since 2026-01-01T00:00:00Z",
        Given(crls=[GOOD_CRL, crl(ROOT, 0x1003)]),
        where="chain[1]",
        why="-crl_check looks at the certificate alone",
    ),
}


def judged(given: Given) -> ChainReport:
    return verify_chain(
        given.leaf.certificate,
        trust=[each.certificate for each in given.trust],
        intermediates=[each.certificate for each in given.intermediates],
        crls=given.crls,
        at=AT,
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_chain_fails_by_the_rule_and_one_without_that_fault_passes(case: Case) -> None:
    good, bad = judged(case.good), judged(case.bad)
    assert good.passed, good.failures
    assert good[case.rule].status is Status.PASS
    found = bad.with_status(case.status)
    assert {check.id for check in bad.failures} - case.also == (
        {case.rule} if case.status is Status.FAIL else set()
    )
    check = next(check for check in found if check.id == case.rule)
    assert case.message in check.message
    assert check.where == case.where
    assert check.hint
    assert bad.passed is (case.status is Status.WARNING)


def openssl_verdict(given: Given, folder: Path) -> tuple[bool, str]:
    """Whether `openssl verify` is content, and what it says."""
    (folder / "trust.pem").write_bytes(pki.pem(*given.trust))
    (folder / "between.pem").write_bytes(pki.pem(*given.intermediates))
    (folder / "leaf.pem").write_bytes(pki.pem(given.leaf))
    (folder / "lists.pem").write_bytes(pki.pem(*given.crls))
    command = ["verify", "-no-CApath", "-no-CAstore", "-partial_chain", "-policy", "2.5.29.32.0"]
    command += ["-attime", str(unix_seconds(AT)), "-CAfile", str(folder / "trust.pem")]
    if given.intermediates:
        command += ["-untrusted", str(folder / "between.pem")]
    if given.crls:
        command += ["-crl_check", "-CRLfile", str(folder / "lists.pem")]
    done = run_tool("openssl", *command, folder / "leaf.pem", check=False)
    return done.returncode == 0, (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_openssl_agrees(case: Case, tmp_path: Path) -> None:
    accepted, said = openssl_verdict(case.good, tmp_path)
    assert accepted, said
    accepted, said = openssl_verdict(case.bad, tmp_path)
    if case.openssl is None:
        assert accepted, said
        assert case.why
    else:
        assert not accepted
        assert case.openssl.casefold() in said.casefold()


def test_the_rules_are_in_the_catalogue() -> None:
    assert set(CHAIN_RULES) <= set(catalogue())


def test_every_rule_has_a_case() -> None:
    # tests/test_cert_verify.py
    elsewhere = {"chain-signature-algorithm", "chain-crl-algorithm", "chain-search", "chain-verified"}
    assert {rule.id for rule in CHAIN_RULES} == {case.rule for case in CASES.values()} | elsewhere
    assert all(rule.explanation for rule in CHAIN_RULES)
