"""What stands above a certificate, and what only lies beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jwttool.certificates import issuers_above, refuse_strangers
from jwttool.errors import RefusedError
from tests import issue

if TYPE_CHECKING:
    from cryptography import x509

ROOT = issue.authority()
ISSUING = ROOT.sub_authority()
LEAF = ISSUING.issue(issue.rsa_key())
STRANGER = issue.authority("Another Root CA").certificate
SIBLING = ISSUING.issue(issue.rsa_key(1), "other.example")


def test_from_issuer_to_issuer_in_the_order_given() -> None:
    given = (ROOT.certificate, LEAF, STRANGER, ISSUING.certificate, ROOT.certificate)
    assert issuers_above(LEAF, given) == (ROOT.certificate, ISSUING.certificate)


def test_a_gap_ends_the_chain() -> None:
    assert issuers_above(LEAF, [ROOT.certificate]) == ()


def test_a_circle_of_issuers_ends() -> None:
    name, key = ROOT.certificate.subject, issue.rsa_key(100)
    above = issue.certificate(key, name, issuer=ISSUING.certificate.subject, authority=True)
    assert issuers_above(LEAF, [ISSUING.certificate, above]) == (ISSUING.certificate, above)


@pytest.mark.parametrize("stranger", [STRANGER, SIBLING], ids=["another CA", "a sibling"])
def test_a_stranger_is_refused_by_name(stranger: x509.Certificate) -> None:
    chain = (ISSUING.certificate, ROOT.certificate)
    refuse_strangers(LEAF, (*chain, LEAF))
    with pytest.raises(RefusedError) as refused:
        refuse_strangers(LEAF, (*chain, stranger))
    assert stranger.subject.rfc4514_string() in refused.value.message
    assert "Example Root CA" not in refused.value.message


def test_many_strangers_are_counted() -> None:
    strangers = [issue.certificate(issue.rsa_key(1), f"{number}.example") for number in range(5)]
    with pytest.raises(RefusedError, match=r"2\.example,O=Example Oy,C=FI and 2 more$"):
        refuse_strangers(LEAF, strangers)
