"""Every error that jwttool raises on purpose.

There is one root and four families; a family says *whose* problem it is, and
the command line turns the family, and nothing else, into an exit code. Each
class carries a stable ``code`` that programs may rely on; the message and the
hint are for people and may change.

No error ever holds a secret, a token or the input it complains about: messages
name positions, sizes and kinds instead.
"""

from __future__ import annotations

from typing import ClassVar, NoReturn


class JwtToolError(Exception):
    """The root: what is wrong (``message``) and what to try (``hint``)."""

    code: ClassVar[str] = "jwttool"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def raise_alone(error: JwtToolError) -> NoReturn:
    """Raise an error that leads to no other: neither ``__cause__`` nor ``__context__``.

    For where the exception being handled holds the input, or a secret.
    ``from None`` alone only hides it from a traceback; what collects errors
    (a debugger, a reporting service) follows ``__context__`` all the same.
    """
    try:
        raise error from None
    finally:  # raising sets the context, passing on what was raised does not
        error.__context__ = None


# --- Refused: understood, judged, and the answer is no. -----------------------


class RefusedError(JwtToolError):
    """What was asked was understood and would be wrong or useless to do."""

    code = "refused"


class WeakKeyError(RefusedError):
    """The key is too weak to sign with or to ask a certificate for."""

    code = "weak-key"


class KeyMismatchError(RefusedError):
    """A key and a certificate that should belong together do not."""

    code = "key-mismatch"


class CertificateExpiredError(RefusedError):
    """The certificate's validity has ended at the time in question."""

    code = "certificate-expired"


class CertificateNotYetValidError(RefusedError):
    """The certificate's validity has not begun at the time in question."""

    code = "certificate-not-yet-valid"


class AssertionRefusedError(RefusedError):
    """The assertion asked for could never be accepted, so it is not minted."""

    code = "assertion-refused"


class SignatureFaultError(RefusedError):
    """A signature just made does not verify: faulty key or faulty hardware."""

    code = "signature-fault"


class RequestRefusedError(RefusedError):
    """The request for a token cannot succeed, so it is not sent."""

    code = "request-refused"


class TokenRefusedError(RefusedError):
    """The server was asked for a token and gave none."""

    code = "token-refused"


class DecryptionRefusedError(RefusedError):
    """The token is not decrypted, for a reason that it shows to everybody."""

    code = "decryption-refused"


class DecryptionError(RefusedError):
    """The token does not decrypt with the key. One error for every reason: see RFC 7516 section 11.5."""

    code = "decryption-failed"


# --- Usage: a choice is missing or contradicts another. -----------------------


class UsageError(JwtToolError):
    """A choice that the caller has to make is missing or contradictory."""

    code = "usage"


class NoPassphraseError(UsageError):
    """A passphrase is needed and no source for it was named."""

    code = "no-passphrase"


class UnknownProviderError(UsageError):
    """No provider of that name is built in or installed."""

    code = "unknown-provider"


class UnknownClientError(UsageError):
    """The configuration has no client of that name."""

    code = "unknown-client"


# --- Input: what was given cannot be read as what it should be. ---------------


class InputError(JwtToolError):
    """The input cannot be read as what it should be."""

    code = "input"


class TooLargeError(InputError):
    """The input is larger than the documented limit for its kind."""

    code = "too-large"


class MalformedError(InputError):
    """The input is damaged or not of the format that it seems to be."""

    code = "malformed"


class WrongKindError(InputError):
    """A readable input of another kind than the one asked for."""

    code = "wrong-kind"


class AmbiguousError(InputError):
    """The input holds several candidates and none is clearly meant."""

    code = "ambiguous"


class WrongPassphraseError(InputError):
    """The passphrase does not open the key or bundle."""

    code = "wrong-passphrase"


class UnsupportedError(InputError):
    """A well-formed input that uses something jwttool does not offer."""

    code = "unsupported"


class NotATokenError(InputError):
    """The input is not even shaped like a token."""

    code = "not-a-token"


class JsonError(InputError):
    """The input is not the strict JSON that JOSE asks for."""

    code = "json"


class Base64urlError(InputError):
    """The input is not canonical base64url without padding."""

    code = "base64url"


class ConfigError(InputError):
    """The configuration file breaks its grammar or names unknown keys."""

    code = "config"


# --- Surroundings: files, permissions, terminal, network. ---------------------


class SurroundingsError(JwtToolError):
    """Something around jwttool (a file, a permission, a network) is in the way."""

    code = "surroundings"


class FileMissingError(SurroundingsError):
    """A file that was named does not exist."""

    code = "file-missing"


class FileInTheWayError(SurroundingsError):
    """A file that would be written exists already."""

    code = "file-exists"


class FileAccessError(SurroundingsError):
    """A file cannot be read or written: permissions, full disk, wrong type."""

    code = "file-access"


class UnsafePermissionsError(SurroundingsError):
    """A file that holds a secret may be changed by other users."""

    code = "unsafe-permissions"


class ReplayStoreError(SurroundingsError):
    """The memory of used assertions cannot say whether one was used before."""

    code = "replay-store"


class NetworkError(SurroundingsError):
    """A server cannot be reached, or does not answer as HTTP asks."""

    code = "network"


class TlsError(NetworkError):
    """No TLS connection comes about that could be trusted, from either side."""

    code = "tls"
