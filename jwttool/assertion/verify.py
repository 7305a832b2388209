"""Verify a client assertion: every reason why a server would refuse it.

The steps, and where each is taken:

1. take the token apart, strictly                  ``jose.compact.read_compact``
2. the form and the header                          ``checks.assertion.form``
3. who it says it is                                ``checks.assertion.client``
4. algorithm, kid, key, certificate, signature      ``checks.assertion.signer``
5. for whom                                         ``checks.assertion.audience``
6. when, and for how long                           ``checks.assertion.times``
7. once only                                        ``checks.assertion.replay``, ``assertion.once``

The key, the algorithms and what is expected come from the caller; nothing in
the token has a say in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from jwttool.ambient import utc_now
from jwttool.assertion.once import Once, split
from jwttool.assertion.trust import trust_certificate
from jwttool.checks.assertion import ASSERTION_RULES, VITAL, AssertionView, Expected
from jwttool.checks.assertion.audience import has_form_of_issuer
from jwttool.checks.rule import RuleSet
from jwttool.checks.signed.trust import trust_jwks, trust_public_key
from jwttool.errors import UsageError
from jwttool.jose import read_compact
from jwttool.jose.algorithms import ALGORITHMS
from jwttool.providers import AssertionRules, Provider, get_provider
from jwttool.replay import ReplayStore
from jwttool.report import Check, Report, Severity, Status
from jwttool.times import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from cryptography import x509

    from jwttool.checks.rule import Rule
    from jwttool.checks.signed.view import ExpectedKey
    from jwttool.encoding import JsonObject
    from jwttool.jose.jwks import JwkEntry
    from jwttool.keys import PublicKey


class Anything(Enum):
    """The type of ``ANY``: a choice that has to be spelled out, unlike None."""

    ANY = "any"


ANY: Final = Anything.ANY
"""Given as audience or client_id: accept whichever the token names."""

DEFAULT_PROVIDER: Final = "worldline"


@dataclass(frozen=True, slots=True)
class VerifiedAssertion:
    """An assertion that passed every check. Only a verifier makes one."""

    client_id: str
    header: JsonObject
    claims: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True)
class AssertionReport(Report):
    """The checks, and the assertion where all of them let it pass."""

    assertion: VerifiedAssertion | None = None


_LAST_VITAL: Final = max(index for index, rule in enumerate(ASSERTION_RULES) if rule.id in VITAL)
_FAIL: Final = Status.FAIL


class Verifier:
    """Verifies assertions against one key and one expectation; cheap to use many times."""

    __slots__ = ("_expected", "_key", "_once", "_rules")

    def __init__(  # noqa: PLR0913  # by keyword alone: each is a choice of its own
        self,
        *,
        audience: str | Anything,
        client_id: str | Anything,
        certificate: x509.Certificate | None = None,
        chain: Sequence[x509.Certificate] = (),
        public_key: PublicKey | None = None,
        jwks: Sequence[JwkEntry] | None = None,
        kid: str | None = None,
        kid_form: str | None = None,
        provider: Provider | str = DEFAULT_PROVIDER,
        algorithms: Collection[str] | None = None,
        leeway: int = 0,
        replay_store: ReplayStore | None = None,
    ) -> None:
        """Fix what is trusted and what is expected.

        :param audience: the issuer's URL, compared exactly; or :data:`ANY`.
        :param client_id: what ``sub`` has to be; or :data:`ANY`.
        :param certificate: the signing certificate; or ``public_key``, or ``jwks``.
        :param chain: further certificates, only to name a wrong kid by.
        :param kid: a literal kid, where the system handed one out.
        :param kid_form: the form of fingerprint that the kid has; the provider's by default.
        :param algorithms: the allow-list; the provider's by default. Never empty.
        :param leeway: seconds by which exp, nbf and iat are forgiven.
        :param replay_store: remembers each assertion that passes, so that it passes once
            alone; without one, the report says that this was not checked.
        :raises UsageError: not exactly one key source, an unknown or empty list of
            algorithms, or a provider without assertions.
        """
        rules = assertion_rules(provider)
        if not leeway >= 0:
            raise UsageError("the leeway is no number of seconds")
        wanted = None if audience is ANY else _not_empty(audience, "audience")
        self._expected: Final = Expected(
            rules=rules,
            algorithms=_allow_list(rules, algorithms),
            audience=wanted,
            client_id=None if client_id is ANY else _not_empty(client_id, "client_id"),
            leeway=leeway,
            audience_is_issuer=wanted is not None and has_form_of_issuer(rules, wanted),
        )
        _refuse_contradiction(certificate, jwks, kid, kid_form)
        self._key: Final[ExpectedKey] = _expected_key(
            certificate, chain, public_key, jwks, kid, kid_form or rules.kid_form, rules.kid_form
        )
        self._rules, self._once = _with_memory(rules_for(rules), replay_store)

    def verify(self, token: str, *, at: datetime | None = None) -> AssertionReport:
        """Judge one assertion.

        :param at: the time to judge at, aware; the present by default.
        :raises TooLargeError: over the limit for tokens.
        :raises NotATokenError: not even shaped like a token; anything that is gets a report.
        :raises ReplayStoreError: the store cannot say whether it was used before.
        """
        now = unix_seconds(utc_now() if at is None else at)
        unverified = read_compact(token)
        view = AssertionView(unverified, unverified.header, unverified.claims, self._expected, self._key, now)
        content, rest = self._rules.judge(view)
        checks = self._rules.passed(content) + rest
        if any(check.status is _FAIL for check in rest):
            return self._refused(checks)
        # "Nothing failed" is not enough: the vital ones must have been judged.
        if content <= _LAST_VITAL and any(_is_missing(check) for check in rest):
            return self._refused(tuple(map(_not_to_be_skipped, checks)))
        if self._once is not None:
            check = self._once.judge(view)
            checks += (check,)
            if check.status is _FAIL:
                return AssertionReport(checks)
        return AssertionReport(checks, VerifiedAssertion(view.claims["sub"], view.header, view.claims))

    def _refused(self, checks: tuple[Check, ...]) -> AssertionReport:
        """The report on what is refused already: it is not remembered."""
        return AssertionReport(checks if self._once is None else (*checks, self._once.not_asked))


def verify(  # noqa: PLR0913  # as Verifier
    token: str,
    *,
    audience: str | Anything,
    client_id: str | Anything,
    certificate: x509.Certificate | None = None,
    chain: Sequence[x509.Certificate] = (),
    public_key: PublicKey | None = None,
    jwks: Sequence[JwkEntry] | None = None,
    kid: str | None = None,
    kid_form: str | None = None,
    provider: Provider | str = DEFAULT_PROVIDER,
    algorithms: Collection[str] | None = None,
    leeway: int = 0,
    replay_store: ReplayStore | None = None,
    at: datetime | None = None,
) -> AssertionReport:
    """Judge one assertion; the arguments are those of :class:`Verifier`."""
    verifier = Verifier(
        audience=audience,
        client_id=client_id,
        certificate=certificate,
        chain=chain,
        public_key=public_key,
        jwks=jwks,
        kid=kid,
        kid_form=kid_form,
        provider=provider,
        algorithms=algorithms,
        leeway=leeway,
        replay_store=replay_store,
    )
    return verifier.verify(token, at=at)


def assertion_rules(provider: Provider | str) -> AssertionRules:
    """A provider's rules for assertions.

    :raises UsageError: the system does not use assertions.
    """
    value = get_provider(provider) if isinstance(provider, str) else provider
    if value.assertion is None:
        raise UsageError(
            f"{value.title} takes no client assertion",
            hint=f"it authenticates a client by {value.authentication}",
        )
    return value.assertion


def rules_for(rules: AssertionRules) -> RuleSet[AssertionView]:
    """The checks as a system has them: some demanded by its document, some only warning.

    :raises UsageError: it softens one without which nothing is verified.
    """
    if not VITAL.isdisjoint(rules.softened):
        raise UsageError("the provider softens a check without which nothing is verified")
    return RuleSet(_as_the_system_has_it(rule, rules) for rule in ASSERTION_RULES)


def _as_the_system_has_it(rule: Rule[AssertionView], rules: AssertionRules) -> Rule[AssertionView]:
    if rule.id in rules.softened:
        return replace(rule, severity=Severity.WARNING, reference=str(rules.softened[rule.id]))
    if rule.id in rules.demanded:
        return replace(rule, severity=Severity.ERROR, reference=str(rules.demanded[rule.id]))
    return rule


def _with_memory(
    rules: RuleSet[AssertionView], store: ReplayStore | None
) -> tuple[RuleSet[AssertionView], Once | None]:
    if store is None:
        return rules, None
    if not isinstance(store, ReplayStore):
        raise UsageError("the replay store is none", hint="open_replay_store() opens one by its URL")
    return split(rules, store)


def _is_missing(check: Check) -> bool:
    """Whether a vital check was not made."""
    return check.status is Status.SKIPPED and check.id in VITAL


def _not_to_be_skipped(check: Check) -> Check:
    """A vital check that could not be made is a failure."""
    return replace(check, status=Status.FAIL, severity=Severity.ERROR) if _is_missing(check) else check


def _allow_list(rules: AssertionRules, algorithms: Collection[str] | None) -> tuple[str, ...]:
    if algorithms is None:
        return rules.algorithms
    # Empty means no: an empty list of algorithms accepts nothing, and is a mistake.
    if not algorithms or isinstance(algorithms, str) or not set(algorithms) <= set(ALGORITHMS):
        raise UsageError(f"the list of algorithms has to name some of {', '.join(ALGORITHMS)}")
    return tuple(algorithms)


def _not_empty(value: str | Anything, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise UsageError(f"the expected {name} is empty", hint="ANY accepts whichever the token names")
    return value


def _refuse_contradiction(
    certificate: x509.Certificate | None,
    jwks: Sequence[JwkEntry] | None,
    kid: str | None,
    kid_form: str | None,
) -> None:
    """What would be passed over in silence is refused instead."""
    if kid is not None and kid_form is not None:
        raise UsageError("a literal kid and a form of kid contradict each other")
    if kid_form is not None and certificate is None:
        raise UsageError("a form of kid needs the certificate whose fingerprint it is")
    if kid is not None and jwks is not None:
        raise UsageError("a literal kid beside a JWK Set", hint="keep the one key that is meant in the set")


def _expected_key(
    certificate: x509.Certificate | None,
    chain: Sequence[x509.Certificate],
    public_key: PublicKey | None,
    jwks: Sequence[JwkEntry] | None,
    kid: str | None,
    kid_form: str,
    system_form: str,
) -> ExpectedKey:
    if sum(source is not None for source in (certificate, public_key, jwks)) != 1:
        raise UsageError("exactly one of certificate, public key and JWK Set has to be given")
    if certificate is not None:
        return trust_certificate(
            certificate, chain=chain, kid=kid, kid_form=kid_form, system_form=system_form
        )
    if public_key is not None:
        return trust_public_key(public_key, kid=kid)
    if not jwks:
        raise UsageError("the JWK Set is empty")
    return trust_jwks(jwks)
