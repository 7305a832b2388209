"""What the rules for tokens of any kind look at: the token, what was expected, the keys, the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from jwttool.checks.signed.view import ExpectedKey

if TYPE_CHECKING:
    from cryptography import x509

    from jwttool.certificates.kid import KidIndex
    from jwttool.encoding import JsonObject
    from jwttool.jose import UnverifiedToken

HEADER: Final = "token-header"
CLAIMS: Final = "token-claims"
"""The two rules that all others need."""
TIMES: Final = "token-times"

CLOCK_SKEW: Final = 15
"""Seconds by which an iat that lies ahead only warns: what Keycloak forgives."""


@dataclass(frozen=True, slots=True)
class TokenExpected:
    """What the caller knows, from outside the token. None means: not compared."""

    algorithms: tuple[str, ...] = ()
    issuer: str | None = None
    audience: str | None = None
    type: str | None = None
    """What ``typ`` has to be, as :func:`media_type` has it."""
    leeway: int = 0
    clock_skew: int = CLOCK_SKEW


KID_FORM: Final = "sha1"
"""The form of a kid that is a fingerprint, where no system says another: upper-case hex, Worldline's."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a token may say of a certificate: made once, for many tokens to be compared with."""

    thumbprint: str
    """The certificate's SHA-256 in base64url: what ``x5t#S256`` is (RFC 8705 section 3.1)."""
    fingerprints: frozenset[str]
    """Every one that a kid may be, exactly as it is written."""
    kids: KidIndex
    """The same for a kid that is misspelt."""
    kid_form: str = KID_FORM
    """The form of fingerprint that a client assertion's kid has to have."""

    @classmethod
    def of(cls, certificate: x509.Certificate, kid_form: str = KID_FORM) -> CertificateFacts:
        """The facts about one certificate.

        :param kid_form: the system's, as :class:`jwttool.providers.AssertionRules` has it.
        :raises JwtToolError: it is damaged.
        """
        from jwttool.certificates import fingerprints
        from jwttool.certificates.kid import KidIndex

        found = fingerprints(certificate)
        return cls(found["x5t-s256"], frozenset(found.values()), KidIndex([certificate]), kid_form)


NOTHING_EXPECTED: Final = TokenExpected()
NO_KEY: Final = ExpectedKey(())
"""For an inspection, which trusts nothing."""


@dataclass(slots=True)
class TokenView:
    """A token and all that it is judged by; ``now`` in Unix seconds.

    An inspection leaves out what was expected and the keys. ``certificate`` is
    the one that the token is compared with, or whose key verifies it.
    """

    noun: ClassVar[str] = "token"
    extensions: ClassVar[tuple[str, ...]] = ("crit", "b64")

    token: UnverifiedToken
    header: JsonObject
    claims: JsonObject
    now: int
    expected: TokenExpected = NOTHING_EXPECTED
    key: ExpectedKey = NO_KEY
    certificate: CertificateFacts | None = None


def media_type(value: str) -> str:
    """A typ in the one spelling to compare: lower case, and without the prefix that may be left out.

    RFC 7515 section 4.1.9: media types are compared without regard to case, and
    ``application/`` is left out where no other slash is in it.
    """
    if not value.isascii():
        return value  # a media type is ASCII, and lower() makes letters of other signs: K of the Kelvin sign
    lower = value.lower()
    bare = lower.removeprefix("application/")
    return lower if "/" in bare else bare
