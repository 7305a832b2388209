"""What decides and cannot be seen from a certificate: it is said to be not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.report import Severity, Status

if TYPE_CHECKING:
    from jwttool.checks.qwac.view import QwacView

ERROR: Final = Severity.ERROR

# The ids of the rules of a chain that are about revocation.
_REVOKED: Final = "chain-revoked"
_ABOUT_CRLS: Final = "chain-crl-"


@rule(
    "qwac-trusted-list",
    ERROR,
    "the issuer is a qualified service on a trusted list",
    "Regulation (EU) 910/2014 article 22; ETSI TS 119 615",
)
def trusted_list(_view: QwacView) -> Outcome:
    """A certificate is qualified only if the EU's trusted lists have its issuer as a granted service.

    The lists are on the network, and jwttool goes nowhere by itself: look at the EU's Trusted List Browser.
    """
    return Unjudged("not checked here: whether the issuer is on the EU's trusted lists as granted")


@rule("qwac-revocation", ERROR, "it has not been revoked", "RFC 5280 section 6.3; RFC 6960")
def revocation(view: QwacView) -> Outcome:
    """A revoked certificate is refused; its issuer's CRL or OCSP service tells.

    `--trust BUNDLE --crl FILE` checks against the CRLs that you have. One that is missing, stale or not the
    CA's fails as well: nobody could tell then.
    """
    if view.chain is None:
        return _NOT_REVOKED
    found = [check for check in view.chain if check.id == _REVOKED or check.id.startswith(_ABOUT_CRLS)]
    failed = next((check for check in found if check.status is Status.FAIL), None)
    if failed is not None:
        return Finding(failed.message, failed.hint, failed.where)
    if any(check.id == _REVOKED and check.status is Status.PASS for check in found):
        return None
    return _NOT_REVOKED


_NOT_REVOKED: Final = Unjudged(
    "not checked here: whether the issuer has revoked it; --trust and --crl tell, with its CRL"
)


@rule(
    "qwac-register",
    ERROR,
    "the authority's register has the holder with these roles",
    "Directive (EU) 2015/2366 articles 14 and 15",
)
def register(_view: QwacView) -> Outcome:
    """Whether the holder is still authorised, only the authority's register knows, and the EBA's central one.

    A certificate does not change when an authorization ends. Banks look there.
    """
    return Unjudged("not checked here: whether the authority's register still has the holder, with its roles")
