"""TLS alerts in plain words (RFC 8446 section 6, RFC 5246 section 7.2), and what our own side says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jwttool.encoding import printable


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert: its number and name in the standard, what it means here, what to try."""

    number: int
    name: str
    words: str
    hint: str | None = None


_ASK_BANK: Final = "ask the server's operator, with the time and your address: its log has the reason"
_REGISTER: Final = (
    "register the certificate and its CA with the bank; and is it the right environment, test or live?"
)
_SAME: Final = "is it the certificate that the bank knows, and for this environment?"
_NO_SHARED: Final = (
    "is it a TLS 1.2 or 1.3 server? A server that asks for a certificate also says this where it gets none, "
    "or one with the wrong type of key"
)
_CHANGED: Final = "does something between you and the server (a proxy, a firewall) change what is sent?"

CERTIFICATE_REQUIRED: Final = 116
UNKNOWN_CA: Final = 48

_TABLE: Final = (
    Alert(10, "unexpected_message", "a message came that the server did not expect", _CHANGED),
    Alert(20, "bad_record_mac", "what we sent arrived changed", _CHANGED),
    Alert(22, "record_overflow", "a record is too long for the server", _CHANGED),
    Alert(40, "handshake_failure", "the server finds no way to go on with what we offer", _NO_SHARED),
    Alert(41, "no_certificate", "the server wants a client certificate", "give one with --cert and --key"),
    Alert(
        42,
        "bad_certificate",
        "the server takes our certificate for damaged, or refuses it",
        f"{_SAME} Is the chain in the file in order?",
    ),
    Alert(
        43,
        "unsupported_certificate",
        "the server does not take certificates of our kind",
        "is it a certificate for TLS clients (a QWAC, and no QSealC), with a key that the bank allows?",
    ),
    Alert(
        44, "certificate_revoked", "the server says that our certificate is revoked", "have a new one issued"
    ),
    Alert(
        45,
        "certificate_expired",
        "the server says that our certificate has expired, or is not valid yet",
        "compare its dates with the time; a CA in its chain may have expired as well",
    ),
    Alert(46, "certificate_unknown", "the server refuses our certificate, and does not say why", _ASK_BANK),
    Alert(47, "illegal_parameter", "the server takes something in our messages for wrong", _CHANGED),
    Alert(
        UNKNOWN_CA,
        "unknown_ca",
        "the server does not know our certificate's issuer",
        f"{_REGISTER} Put the CAs between the certificate and the root into its file, after it",
    ),
    Alert(
        49,
        "access_denied",
        "the server knows our certificate, and does not let it in",
        f"{_SAME} {_ASK_BANK}",
    ),
    Alert(50, "decode_error", "the server cannot read one of our messages", _CHANGED),
    Alert(
        51,
        "decrypt_error",
        "the server cannot verify a signature of ours",
        "do the key and the certificate belong together?",
    ),
    Alert(
        70,
        "protocol_version",
        "the server speaks neither TLS 1.2 nor TLS 1.3, or not the one that it was offered",
        "an older version is not safe to use (RFC 8996): the server has to be brought up to date",
    ),
    Alert(
        71,
        "insufficient_security",
        "the server wants stronger ciphers than we offer",
        "ask the operator which ciphers it takes",
    ),
    Alert(80, "internal_error", "the server failed inside", f"try again later; {_ASK_BANK}"),
    Alert(86, "inappropriate_fallback", "the server sees a fallback to an older version", _CHANGED),
    Alert(109, "missing_extension", "the server misses an extension in our message", _CHANGED),
    Alert(110, "unsupported_extension", "the server got an extension that it did not ask for", _CHANGED),
    Alert(
        112,
        "unrecognized_name",
        "the server does not know the name that we asked for",
        "is the host name right? --server-name NAME asks for another",
    ),
    Alert(113, "bad_certificate_status_response", "the server refuses a revocation status", _ASK_BANK),
    Alert(115, "unknown_psk_identity", "the server wants a key that was agreed beforehand", _ASK_BANK),
    Alert(
        CERTIFICATE_REQUIRED,
        "certificate_required",
        "the server wants a client certificate",
        "give one with --cert and --key",
    ),
    Alert(
        120,
        "no_application_protocol",
        "the server speaks neither h2 nor http/1.1 here",
        "is it the port of a web server?",
    ),
)
ALERTS: Final = {alert.number: alert for alert in _TABLE}

FOR_WANT_OF_A_CERTIFICATE: Final = frozenset({40, 41, 42, 43, 46, UNKNOWN_CA, 49, CERTIFICATE_REQUIRED})
"""How servers answer an empty certificate: RFC 8446 section 4.4.2.4, RFC 5246 section 7.4.6, and custom."""


def alert(number: int) -> Alert:
    """The alert with that number, which the server may have made up."""
    return ALERTS.get(number) or Alert(
        number, f"alert {number}", f"the server refuses with an alert that has no name, {number}", _ASK_BANK
    )


# What OpenSSL calls it, and what it means here.
_FAULTS: Final = {
    "excessive message size": (
        "the server sends more than 100 KB of certificates or names of CAs in one message",
        "OpenSSL takes no more, and so neither do most clients: the server has to send fewer",
    ),
    "unsupported protocol": (
        "the server speaks a version of TLS before 1.2",
        "older ones are not safe to use (RFC 8996): the server has to be brought up to date",
    ),
    "wrong version number": ("what the server sends is no TLS", "is it the right port?"),
    "dh key too small": (
        "the server's Diffie-Hellman group is too small to be safe",
        "the server has to use a larger one, or elliptic curves",
    ),
    "unknown protocol": ("what the server sends is no TLS", "is it the right port?"),
    "ee key too small": ("our key is too short for OpenSSL", "have a certificate issued for a longer one"),
    "ca md too weak": ("our certificate's signature is too weak for OpenSSL", "have it issued anew"),
    "ca key too small": ("the key of our certificate's CA is too short", "have it issued by another CA"),
}


def fault(reason: str) -> tuple[str, str | None]:
    """What it means that our side gave up, by OpenSSL's words for it, and what to try."""
    known = _FAULTS.get(reason)
    return known or (f"our side cannot go on with what the server sends: {printable(reason, 120)}", _CHANGED)
