"""Verify a signed token of any kind: every reason why a careful server would refuse it.

The steps, and where each is taken:

1. take the token apart, strictly                  ``jose.spelling.read_as_given``
2. the form, the header, the type                   ``checks.token.form``
3. algorithm, kid, key, certificate, signature      ``checks.token.signer``
4. from whom and for whom                           ``checks.token.names``
5. when                                             ``checks.token.times``
6. with the profile, what RFC 9068 adds             ``checks.token.access``

The key, the algorithms and what is expected come from the caller; nothing in
the token has a say in them, and an encrypted token is not one to verify.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from jwttool.ambient import utc_now
from jwttool.certificates import not_after, not_before, token_public_key
from jwttool.checks.rule import RuleSet
from jwttool.checks.signed.trust import trust_jwks, trust_public_key, trusted
from jwttool.checks.signed.view import ExpectedKey
from jwttool.checks.token import (
    ACCESS_TOKEN_PROFILE,
    VERIFICATION_RULES,
    VITAL,
    CertificateFacts,
    TokenExpected,
    TokenView,
    media_type,
)
from jwttool.errors import UnsupportedError, UsageError
from jwttool.jose.algorithms import TOKEN_ALGORITHMS
from jwttool.jose.spelling import read_as_given
from jwttool.report import Check, Report, Severity, Status
from jwttool.times import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from cryptography import x509

    from jwttool.encoding import JsonObject
    from jwttool.jose.jwks import JwkEntry
    from jwttool.keys import TokenPublicKey

_RULES: Final = {
    None: RuleSet(VERIFICATION_RULES),
    "access-token": RuleSet(ACCESS_TOKEN_PROFILE),
}
PROFILES: Final = tuple(name for name in _RULES if name is not None)
"""What a token may be held to beyond what all have to keep: ``access-token`` is RFC 9068."""

MAX_LEEWAY: Final = 300
"""Seconds: clocks that are further apart are wrong, and a token that is refused says so."""

_FAIL: Final = Status.FAIL
_SKIPPED: Final = Status.SKIPPED


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token that passed every check. Only a verifier makes one.

    What was not expected was not compared: the report says so of issuer and audience.
    """

    issuer: str | None
    subject: str | None
    header: JsonObject
    claims: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenReport(Report):
    """The checks, and the token where all of them let it pass."""

    token: VerifiedToken | None = None


class TokenVerifier:
    """Verifies tokens against one source of keys and one expectation; cheap to use many times."""

    __slots__ = ("_certificate", "_expected", "_key", "_rules")

    def __init__(  # noqa: PLR0913  # by keyword alone: each is a choice of its own
        self,
        *,
        certificate: x509.Certificate | None = None,
        public_key: TokenPublicKey | None = None,
        jwks: Sequence[JwkEntry] | None = None,
        algorithms: Collection[str] | None = None,
        issuer: str | None = None,
        audience: str | None = None,
        typ: str | None = None,
        profile: str | None = None,
        leeway: int = 0,
    ) -> None:
        """Fix what is trusted and what is expected.

        :param certificate: the issuer's signing certificate; or ``public_key``, or
            ``jwks``, as :func:`jwttool.jose.jwks.load_token_jwks` reads it.
        :param algorithms: the allow-list; by default all that fit the keys' types. Never empty.
        :param issuer: what ``iss`` has to be, compared exactly; None compares nothing.
        :param audience: what ``aud`` has to be or to hold; None compares nothing.
        :param typ: what ``typ`` has to be, as media types are compared; None compares nothing.
        :param profile: ``access-token`` for RFC 9068, which fixes ``typ``.
        :param leeway: seconds by which exp, nbf and iat are forgiven.
        :raises UsageError: not exactly one source of keys, an unknown or empty list of
            algorithms, an unknown profile, or something expected that is empty.
        """
        wanted = _not_empty(typ, "typ")
        if profile is not None and profile not in PROFILES:
            raise UsageError("there is no profile of that name", hint=f"the profiles: {', '.join(PROFILES)}")
        if profile is not None and typ is not None:
            raise UsageError("the profile fixes typ, so another cannot be expected")
        if type(leeway) is not int or not 0 <= leeway <= MAX_LEEWAY:
            raise UsageError(f"the leeway is no whole number of seconds up to {MAX_LEEWAY}")
        self._rules: Final = _RULES[profile]
        self._key: Final = _expected_key(certificate, public_key, jwks)
        self._certificate: Final = None if certificate is None else CertificateFacts.of(certificate)
        self._expected: Final = TokenExpected(
            algorithms=_allow_list(self._key, algorithms),
            issuer=_not_empty(issuer, "issuer"),
            audience=_not_empty(audience, "audience"),
            type=None if wanted is None else media_type(wanted),
            leeway=leeway,
        )

    def verify(self, token: str, *, at: datetime | None = None) -> TokenReport:
        """Judge one token.

        :param at: the time to judge at, aware; the present by default.
        :raises TooLargeError: over the limit for tokens.
        :raises NotATokenError: not even shaped like a compact token, or one in JSON form;
            anything that is gets a report.
        """
        now = unix_seconds(utc_now() if at is None else at)
        unverified = read_as_given(token)
        header, claims = unverified.header, unverified.claims
        view = TokenView(unverified, header, claims, now, self._expected, self._key, self._certificate)
        content, rest = self._rules.judge(view)
        checks = self._rules.passed(content) + rest
        missing = False
        for check in rest:
            if check.status is _FAIL:
                return TokenReport(checks)
            if check.status is _SKIPPED and check.id in VITAL:
                missing = True
        if missing:  # "nothing failed" is not enough: the vital ones must have been judged
            return TokenReport(tuple(map(_not_to_be_skipped, checks)))
        return TokenReport(checks, VerifiedToken(claims.get("iss"), claims.get("sub"), header, claims))


def verify_token(  # noqa: PLR0913  # as TokenVerifier
    token: str,
    *,
    certificate: x509.Certificate | None = None,
    public_key: TokenPublicKey | None = None,
    jwks: Sequence[JwkEntry] | None = None,
    algorithms: Collection[str] | None = None,
    issuer: str | None = None,
    audience: str | None = None,
    typ: str | None = None,
    profile: str | None = None,
    leeway: int = 0,
    at: datetime | None = None,
) -> TokenReport:
    """Judge one token; the arguments are those of :class:`TokenVerifier`."""
    verifier = TokenVerifier(
        certificate=certificate,
        public_key=public_key,
        jwks=jwks,
        algorithms=algorithms,
        issuer=issuer,
        audience=audience,
        typ=typ,
        profile=profile,
        leeway=leeway,
    )
    return verifier.verify(token, at=at)


def _not_to_be_skipped(check: Check) -> Check:
    """A vital check that could not be made is a failure."""
    if check.status is _SKIPPED and check.id in VITAL:
        return replace(check, status=_FAIL, severity=Severity.ERROR)
    return check


def _allow_list(key: ExpectedKey, algorithms: Collection[str] | None) -> tuple[str, ...]:
    if algorithms is None:
        fitting = tuple(name for name in TOKEN_ALGORITHMS if any(each.key.fits(name) for each in key.keys))
        if not fitting:
            raise UnsupportedError("no signature algorithm of tokens fits the key's type")
        return fitting
    # Empty means no: an empty list of algorithms accepts nothing, and is a mistake.
    names = () if isinstance(algorithms, str) else tuple(algorithms)
    if not names or not all(name in TOKEN_ALGORITHMS for name in names):
        raise UsageError(f"the list of algorithms has to name some of {', '.join(TOKEN_ALGORITHMS)}")
    return names


def _not_empty(value: object, name: str) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise UsageError(f"the expected {name} is no text or empty", hint="leave it out to compare nothing")


def _expected_key(
    certificate: x509.Certificate | None,
    public_key: TokenPublicKey | None,
    jwks: Sequence[JwkEntry] | None,
) -> ExpectedKey:
    if sum(source is not None for source in (certificate, public_key, jwks)) != 1:
        raise UsageError("exactly one of certificate, public key and JWK Set has to be given")
    if certificate is not None:
        return ExpectedKey(
            (trusted(token_public_key(certificate), TOKEN_ALGORITHMS),),
            certificates=(certificate,),
            valid_from=int(not_before(certificate).timestamp()),
            valid_until=int(not_after(certificate).timestamp()),
        )
    if public_key is not None:
        from jwttool.keys.kinds import token_public

        return trust_public_key(token_public(public_key), algorithms=TOKEN_ALGORITHMS)
    if not jwks:
        raise UsageError("the JWK Set is empty")
    return trust_jwks(jwks, algorithms=TOKEN_ALGORITHMS)
