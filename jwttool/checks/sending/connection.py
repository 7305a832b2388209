"""Rules for the keys and certificates that a request is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.encoding import shown
from jwttool.report import Severity
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from jwttool.checks.sending.view import PairView, SendingView

EXPIRES_SOON = 30 * 86400
"""Seconds: a certificate that ends within them is worth a warning."""


@rule(
    "send-key-pair",
    Severity.ERROR,
    "each key belongs to its certificate",
    "RFC 5280 section 4.1.2.7",
)
def key_pair(view: SendingView) -> Outcome:
    """With a certificate of another key, the server finds the wrong key, or no connection comes about.

    `jwttool cert match FILE FILE...` says which files belong together.
    """
    for pair in view.pairs:
        if pair.key is not None and pair.certificate is not None and not _belongs(pair):
            return Finding(
                f"the certificate for {pair.purpose} is not that of its key",
                "`jwttool cert match KEY CERT...` says which belong together",
                pair.setting,
            )
    return None


def _belongs(pair: PairView) -> bool:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from jwttool.certificates import any_public_key

    assert pair.key is not None  # noqa: S101  # the caller looked
    assert pair.certificate is not None  # noqa: S101
    ours, certified = (
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for key in (pair.key, any_public_key(pair.certificate))
    )
    return ours == certified


@rule(
    "send-certificate",
    Severity.ERROR,
    "each certificate is valid now",
    "RFC 5280 section 4.1.2.5",
)
def validity(view: SendingView) -> Outcome:
    """A server refuses an expired certificate, most often without saying that this is why.

    One that ends within 30 days is a warning: a new one takes its time.
    """
    from jwttool.certificates import not_after, not_before

    soon: Finding | None = None
    for pair in view.pairs:
        if pair.certificate is None:
            continue
        first, last = not_before(pair.certificate), not_after(pair.certificate)
        at = view.at.replace(microsecond=0)
        what = f"the certificate for {pair.purpose}"
        if at > last:
            gone = duration((at - last).total_seconds())
            return Finding(
                f"{what} expired {gone} ago, at {rfc3339(last)}", "have a new one issued", pair.setting
            )
        if at < first:
            return Finding(
                f"{what} is not valid before {rfc3339(first)}",
                "wait until then, or check this machine's clock",
                pair.setting,
            )
        left = (last - at).total_seconds()
        if left < EXPIRES_SOON and soon is None:
            soon = Finding(
                f"{what} expires in {duration(left)}, at {rfc3339(last)}",
                "have a new one issued in time",
                pair.setting,
                Severity.WARNING,
            )
    return soon


@rule(
    "send-kid",
    Severity.WARNING,
    "a kid that is set by hand is a fingerprint of the certificate",
    "RFC 7515 section 4.1.4",
)
def kid(view: SendingView) -> Outcome:
    """A kid of the configuration beats the certificate's, and may be left over from the last certificate.

    A system that hands out kids of its own makes this a warning to pass over.
    """
    from jwttool.certificates import fingerprints, identify_kid

    for pair in view.pairs:
        if pair.kid is None or pair.certificate is None:
            continue
        if pair.kid in fingerprints(pair.certificate).values():
            continue
        found = identify_kid(pair.kid, [pair.certificate])
        how = "no fingerprint of the certificate" if found is None else f"not quite its {found.form}"
        return Finding(
            f"kid is set to {shown(pair.kid)}, which is {how}",
            "take kid out of the configuration, unless the system handed it out",
            "kid",
        )
    return None
