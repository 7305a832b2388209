"""Whether the certificate policies of a chain agree, where one of its CAs demands it.

RFC 5280 section 6.1 grows a tree of policies. Without policy mappings its
lowest level is what all certificates have in common, anyPolicy being in common
with everything; that much is done here. Mappings are not followed. (OpenSSL
does follow them, but has no policies to start from where nobody names one, and
then refuses every chain that demands a policy.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509

from jwttool.certificates.access import extension, extensions
from jwttool.certificates.paths import is_self_issued

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANY: Final = x509.ObjectIdentifier("2.5.29.32.0")
_MAPPINGS: Final = x509.ObjectIdentifier("2.5.29.33")
_NEVER: Final = 1_000_000
"""For the counters that stand at "more certificates than there are"."""

Policies = frozenset[x509.ObjectIdentifier]


def disagreement(chain: Sequence[x509.Certificate]) -> tuple[int, str] | None:
    """Which certificate of a chain, leaf first, leaves it without a policy that a CA demands, and how.

    The last certificate is the trust anchor, whose extensions are not
    processed. The user's own set of policies is any-policy (section 6.1.1 (c)).

    :raises InputError: an extension cannot be read.
    """
    explicit, inhibit_any = _NEVER, _NEVER  # (d) and (f) of section 6.1.2
    common: Policies | None = None  # None: all of them
    mapped = False
    for position in range(len(chain) - 2, -1, -1):
        certificate = chain[position]
        own = _policies(certificate)
        any_counts = inhibit_any > 0 or (position > 0 and is_self_issued(certificate))
        if own is None:  # 6.1.3 (e)
            common = frozenset()
        elif _ANY not in own or not any_counts:
            own -= {_ANY}
            common = own if common is None else common & own
        none_left = common is not None and not common
        if none_left and explicit == 0:  # 6.1.3 (f)
            return position, _MAPPED if mapped else _NO_POLICY
        explicit, inhibit_any = _counted(certificate, position, explicit, inhibit_any)
        if none_left and explicit == 0 and position == 0:  # 6.1.5 (g)
            return position, _MAPPED if mapped else _NO_POLICY
        mapped = mapped or any(each.oid == _MAPPINGS for each in extensions(certificate))
    return None


_NO_POLICY: Final = "a CA demands a policy that the whole chain has, and there is none"
_MAPPED: Final = "a CA demands a policy, and there is none without policy mappings, which are not followed"


def _policies(certificate: x509.Certificate) -> Policies | None:
    found = extension(certificate, x509.CertificatePolicies)
    return None if found is None else frozenset(each.policy_identifier for each in found)


def _counted(
    certificate: x509.Certificate, position: int, explicit: int, inhibit_any: int
) -> tuple[int, int]:
    """How many more certificates may be without a policy, and may use anyPolicy (6.1.4 (h) to (j))."""
    constraints = extension(certificate, x509.PolicyConstraints)
    demanded = None if constraints is None else constraints.require_explicit_policy
    if position == 0:  # 6.1.5 (a) and (b): at the end only "at once" counts
        return 0 if demanded == 0 else max(explicit - 1, 0), inhibit_any
    if not is_self_issued(certificate):
        explicit, inhibit_any = max(explicit - 1, 0), max(inhibit_any - 1, 0)
    inhibited = extension(certificate, x509.InhibitAnyPolicy)
    if demanded is not None:
        explicit = min(explicit, demanded)
    if inhibited is not None:
        inhibit_any = min(inhibit_any, inhibited.skip_certs)
    return explicit, inhibit_any
