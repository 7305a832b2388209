"""Whether a handshake comes about, and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.encoding import printable
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.tls.seen import TlsView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING


@rule(
    "tls-handshake",
    ERROR,
    "the server answers a TLS handshake",
    "RFC 8446 sections 4 and 6; RFC 5246 sections 7.2 and 7.3",
)
def handshake(view: TlsView) -> Outcome:
    """A handshake with TLS 1.2 or 1.3 comes about, or fails only because a client certificate is wanted.

    Where it fails, the server says why with an alert of one number, or hangs up. The alert stands in the
    message, in plain words and by its name in the standard.
    """
    bare = view.seen.bare
    if bare.stands or bare.wants_certificate:
        return None
    own = view.seen.own
    if own is not None and own.stands:  # whatever it had against an empty certificate
        return None
    words, hint = bare.why()
    return Finding(words, hint, "handshake")


_FORWARD_SECRET: Final = ("ECDHE-", "DHE-", "TLS_")
"""TLS 1.2 in OpenSSL's names; those of TLS 1.3, which has no others, begin with the last."""
_AUTHENTICATED: Final = ("GCM", "CCM", "CHACHA20")


@rule(
    "tls-cipher",
    WARNING,
    "the cipher is forward secret and authenticates what it encrypts",
    "RFC 9325 sections 4.1 and 4.2",
)
def cipher(view: TlsView) -> Outcome:
    """Ephemeral keys, so that a stolen key opens nothing that was recorded; and AEAD: GCM, CCM or ChaCha20.

    TLS 1.3 has nothing else. With TLS 1.2 it is the server's choice: let it prefer ECDHE with AES-GCM.
    """
    name = view.seen.best.cipher
    if name is None:
        return Unjudged("the handshake did not come as far as a cipher")
    if not name.startswith(_FORWARD_SECRET):
        return Finding(
            f"{printable(name, 80)} is not forward secret",
            "the server should prefer ECDHE, or TLS 1.3",
            "handshake",
        )
    if not any(each in name for each in _AUTHENTICATED):
        return Finding(
            f"{printable(name, 80)} encrypts in CBC mode",
            "the server should prefer AES-GCM or ChaCha20, or TLS 1.3",
            "handshake",
        )
    return None
