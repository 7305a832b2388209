"""Mint client assertions.

What goes in comes from the provider's rules and the caller. Before a token
leaves, a one-shot is verified, signature included, by the very rules that
``verify`` uses; a signer that holds its key does so for its first token. So
nothing is minted that could never be accepted, key and certificate are known
to belong together, and no faulty signature, which could give the key away,
gets out.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jwttool.ambient import random_identifier, utc_now
from jwttool.assertion.verify import ANY, DEFAULT_PROVIDER, Verifier, assertion_rules
from jwttool.certificates import (
    fingerprint,
    not_after,
    not_before,
    public_key,
    refuse_outside_validity,
)
from jwttool.encoding import b64url_encode, compact_json, parse_json_object
from jwttool.errors import (
    AssertionRefusedError,
    JsonError,
    KeyMismatchError,
    SignatureFaultError,
    UsageError,
    raise_alone,
)
from jwttool.jose.signatures import SigningKey, algorithms_for
from jwttool.keys import refuse_weak, same_public_key
from jwttool.report import Check, Status
from jwttool.times import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from cryptography import x509

    from jwttool.assertion.verify import AssertionReport
    from jwttool.encoding import JsonObject
    from jwttool.keys import PrivateKey
    from jwttool.providers import AssertionRules, Provider

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""RFC 7523 section 2.2."""

_NO_TYPE: Final = "none"


@dataclass(frozen=True, slots=True)
class MintedAssertion:
    """A token that was just made. It is a credential: ``token`` stays out of repr."""

    token: str = field(repr=False)
    header: JsonObject
    claims: JsonObject
    warnings: tuple[Check, ...] = ()

    def form(self, scope: str | None = None) -> dict[str, str]:
        """The fields of the token request around it (RFC 6749 section 4.4.2, RFC 7523 section 2.2)."""
        fields = {"grant_type": "client_credentials"}
        if scope is not None:
            fields["scope"] = scope
        return fields | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.token}


class Signer:
    """Mints assertions for one client with a key that it holds."""

    __slots__ = (
        "_certificate",
        "_checked",
        "_claims",
        "_fixed",
        "_header",
        "_key",
        "_lifetime",
        "_nested",
        "_segment",
        "_valid_from",
        "_valid_until",
        "_verifier",
        "_warnings",
    )

    def __init__(  # noqa: PLR0913  # by keyword alone: each is a choice of its own
        self,
        key: PrivateKey,
        *,
        client_id: str,
        audience: str,
        certificate: x509.Certificate | None = None,
        kid: str | None = None,
        kid_form: str | None = None,
        provider: Provider | str = DEFAULT_PROVIDER,
        algorithm: str | None = None,
        lifetime: int | None = None,
        typ: str | None = None,
        claims: Mapping[str, Any] | None = None,
        omit: Collection[str] = (),
    ) -> None:
        """Fix everything but the time and the identifier.

        :param key: anything that implements cryptography's private-key interface.
        :param audience: the issuer's URL (for Worldline the realm's).
        :param certificate: its fingerprint is the kid; needed unless ``kid`` is given.
        :param kid: a literal kid, where the system handed one out.
        :param kid_form: the form of fingerprint; the provider's by default.
        :param lifetime: seconds from iat to exp; the provider's by default.
        :param typ: the provider's by default; ``"none"`` leaves it out.
        :param claims: more claims, or others than the usual ones.
        :param omit: names of claims to leave out.
        :raises RefusedError: a weak key, or one that is not the certificate's.
        :raises UsageError: choices that are missing or contradict each other.
        """
        rules = assertion_rules(provider)
        refuse_weak(key.public_key())
        if certificate is not None and not same_public_key(key.public_key(), public_key(certificate)):
            raise KeyMismatchError(
                "the certificate does not hold this key",
                hint="`jwttool cert match KEY CERT...` says which belong together",
            )
        _refuse_no_text(client_id=client_id, audience=audience)
        self._certificate: Final = certificate
        self._valid_from: Final = int(not_before(certificate).timestamp()) if certificate else 0
        self._valid_until: Final = int(not_after(certificate).timestamp()) if certificate else 0
        chosen_kid = _choose_kid(rules, certificate, kid, kid_form)
        self._key: Final = SigningKey(key, algorithm or _usual_algorithm(rules, key))
        self._header: Final = _header(rules, self._key.algorithm, chosen_kid, typ)
        self._segment: Final = _segment(self._header)
        self._fixed: Final = _own_json(claims or {})
        self._claims: Final = _claim_names(rules, self._fixed, omit)
        self._lifetime: Final = rules.lifetime if lifetime is None else lifetime
        self._warnings: tuple[Check, ...] = ()
        self._verifier: Final = Verifier(
            audience=ANY if "aud" in self._fixed else audience,
            client_id=ANY if "sub" in self._fixed else client_id,
            certificate=certificate,
            public_key=None if certificate is not None else key.public_key(),
            kid=chosen_kid,
            provider=provider,
            algorithms=[self._key.algorithm],
        )
        for name, value in (("iss", client_id), ("sub", client_id), ("aud", audience)):
            self._fixed.setdefault(name, value)
        self._nested: Final = tuple(
            name for name in self._claims if isinstance(self._fixed.get(name), list | dict)
        )
        self._checked = False

    def mint(self, *, at: datetime | None = None, jti: str | None = None) -> MintedAssertion:
        """One assertion.

        :param at: its iat, aware; the present by default.
        :param jti: its identifier; a random one by default.
        :raises CertificateExpiredError: at the time of minting.
        :raises CertificateNotYetValidError: at the time of minting.
        :raises AssertionRefusedError: it could never be accepted; for the first token only.
        :raises SignatureFaultError: the signature does not verify; for the first token only.
        """
        moment = utc_now() if at is None else at
        now = unix_seconds(moment)
        if jti is not None:
            _refuse_no_text(jti=jti)
        if self._certificate is not None and not self._valid_from <= now <= self._valid_until:
            refuse_outside_validity(self._certificate, moment)
        claims = self._claims_at(now, jti)
        message = f"{self._segment}.{_segment(claims)}".encode("ascii")
        token = f"{message.decode('ascii')}.{b64url_encode(self._key.sign(message))}"
        if self._checked:
            return MintedAssertion(token, dict(self._header), claims, self._warnings)
        self._warnings = _refuse_hopeless(self._verifier.verify(token, at=moment))
        self._checked = True
        return MintedAssertion(token, dict(self._header), claims, self._warnings)

    def _claims_at(self, now: int, jti: str | None) -> JsonObject:
        fixed = self._fixed
        claims: JsonObject = {}
        for name in self._claims:
            if name in fixed:
                claims[name] = fixed[name]
            elif name == "iat":
                claims["iat"] = now
            elif name == "exp":
                claims["exp"] = now + self._lifetime
            elif name == "jti":
                claims["jti"] = random_identifier() if jti is None else jti
        for name in self._nested:  # what one caller changes in a token must not stand in the next
            claims[name] = deepcopy(claims[name])
        return claims


def mint(  # noqa: PLR0913  # as Signer
    key: PrivateKey,
    *,
    client_id: str,
    audience: str,
    certificate: x509.Certificate | None = None,
    kid: str | None = None,
    kid_form: str | None = None,
    provider: Provider | str = DEFAULT_PROVIDER,
    algorithm: str | None = None,
    lifetime: int | None = None,
    typ: str | None = None,
    claims: Mapping[str, Any] | None = None,
    omit: Collection[str] = (),
    at: datetime | None = None,
    jti: str | None = None,
) -> MintedAssertion:
    """One assertion, once; the arguments are those of :class:`Signer` and its ``mint``."""
    signer = Signer(
        key,
        client_id=client_id,
        audience=audience,
        certificate=certificate,
        kid=kid,
        kid_form=kid_form,
        provider=provider,
        algorithm=algorithm,
        lifetime=lifetime,
        typ=typ,
        claims=claims,
        omit=omit,
    )
    return signer.mint(at=at, jti=jti)


def mint_many(
    signer: Signer, count: int, *, threads: int = 2, at: Callable[[], datetime] = utc_now
) -> list[MintedAssertion]:
    """Many assertions at once, over threads: signing leaves Python's global lock.

    :param at: called for the iat of each.
    :raises RefusedError: as ``Signer.mint`` does, before any is made.
    :raises UsageError: for no threads, or a negative count.
    """
    if threads < 1 or count < 0:
        raise UsageError("at least one thread, and no negative count")
    if count == 0:
        return []
    first = signer.mint(at=at())  # verified before the others are made
    with ThreadPoolExecutor(max_workers=threads) as pool:
        shares = [len(range(number, count - 1, threads)) for number in range(threads)]
        parts = pool.map(lambda share: [signer.mint(at=at()) for _ in range(share)], shares)
        return [first, *(minted for part in parts for minted in part)]


def _choose_kid(
    rules: AssertionRules, certificate: x509.Certificate | None, kid: str | None, kid_form: str | None
) -> str:
    if kid is not None and kid_form is not None:
        raise UsageError("a literal kid and a form of kid contradict each other")
    if kid is not None:
        _refuse_no_text(kid=kid)
        return kid
    if certificate is None:
        raise UsageError(
            "no certificate to take the kid from",
            hint="give the certificate, or the literal kid if the system handed one out",
        )
    return fingerprint(certificate, kid_form or rules.kid_form)


def _refuse_no_text(**values: str) -> None:
    """What goes into a token is text with something in it, and has bytes in UTF-8."""
    for name, value in values.items():
        try:
            usable = bool(value.encode("utf-8"))
        except (UnicodeEncodeError, AttributeError):
            usable = False
        if not usable:
            raise UsageError(f"the {name} is empty or no text")


def _usual_algorithm(rules: AssertionRules, key: PrivateKey) -> str:
    fitting = algorithms_for(key)
    return next((name for name in rules.algorithms if name in fitting), fitting[0])


def _header(rules: AssertionRules, algorithm: str, kid: str, typ: str | None) -> JsonObject:
    header: JsonObject = {"alg": algorithm, "kid": kid}
    chosen = rules.type if typ is None else typ
    return header if chosen == _NO_TYPE else header | {"typ": chosen}


def _claim_names(rules: AssertionRules, extra: JsonObject, omit: Collection[str]) -> tuple[str, ...]:
    names = [*rules.claims, *(name for name in extra if name not in rules.claims)]
    unknown = set(omit).difference(rules.claims)
    if unknown:
        raise UsageError(
            "a claim to leave out that would not be there",
            hint=f"these would be: {', '.join(rules.claims)}",
        )
    if set(omit).intersection(extra):
        raise UsageError("one claim is both given and left out")
    return tuple(name for name in names if name not in omit)


def _own_json(claims: Mapping[str, Any]) -> JsonObject:
    """A copy that is strict JSON: the caller's objects are neither kept nor changed."""
    try:
        return parse_json_object(compact_json(dict(claims)))
    except (JsonError, TypeError, ValueError, RecursionError):
        raise_alone(UsageError("the claims are not strict JSON"))


def _segment(value: JsonObject) -> str:
    return b64url_encode(compact_json(value))


def _refuse_hopeless(report: AssertionReport) -> tuple[Check, ...]:
    """The warnings of a report that passed.

    :raises SignatureFaultError: when what was just signed does not verify.
    :raises AssertionRefusedError: naming every reason.
    """
    if report.passed:
        return report.warnings
    if report["assertion-signature"].status is Status.FAIL:
        raise SignatureFaultError(
            "the signature just made does not verify; the token was thrown away",
            hint="the key file is damaged, or the key store faulty: make a new key",
        )
    reasons = "; ".join(check.message for check in report.failures)
    raise AssertionRefusedError(
        f"this assertion could never be accepted: {reasons}", hint=report.failures[0].hint
    )
