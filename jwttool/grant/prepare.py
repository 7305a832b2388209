"""The request for a client's token, judged before it is sent.

1. which of the system's requests it is       ``choose_shape``
2. everything that this machine can see        ``checks.sending``
3. the QWAC, where the system wants one        ``checks.qwac``
4. the assertion, minted and verified          ``assertion.mint``
5. the request itself, put together            ``grant.message``
6. and held to the system's document           ``checks.answer.REQUEST_RULES``
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from jwttool.checks.answer import judge_message
from jwttool.checks.rule import Finding, RuleSet
from jwttool.checks.sending import SENDING_RULES, PairView, SendingView
from jwttool.errors import (
    CertificateExpiredError,
    CertificateNotYetValidError,
    JwtToolError,
    KeyMismatchError,
    RefusedError,
    UsageError,
)
from jwttool.grant.material import OneTime
from jwttool.grant.message import build_request, revealed
from jwttool.inspection.message import read_sent
from jwttool.providers import StepCheck
from jwttool.providers.shapes import ASSERTION_TYPE
from jwttool.report import Report, Status
from jwttool.secret import Secret
from jwttool.times import unix_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.assertion import MintedAssertion
    from jwttool.config import Client
    from jwttool.grant.material import Identity, Material
    from jwttool.grant.message import HttpRequest
    from jwttool.providers import Provider, TokenRequest
    from jwttool.report import Check

_RULES: Final = RuleSet(SENDING_RULES)
_ONE_TIME: Final = frozenset({"code", "auth_code"})
REFRESH: Final = "refresh_token"
_JUDGED_BEFORE: Final = (KeyMismatchError, CertificateExpiredError, CertificateNotYetValidError)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with all that was found about it; None where it could not even be put together."""

    request: HttpRequest | None
    report: Report

    @property
    def is_hopeful(self) -> bool:
        """Whether nothing was found that makes it fail."""
        return self.request is not None and self.report.passed


def wants_code(shape: TokenRequest) -> bool:
    """Whether a request needs a one-time code."""
    return any(member.name in _ONE_TIME for member in shape.members)


def wants_refresh_token(shape: TokenRequest) -> bool:
    """Whether a request needs a refresh token."""
    return any(member.name == REFRESH for member in shape.members)


def wants_assertion(shape: TokenRequest) -> bool:
    """Whether a request authenticates the client by an assertion."""
    return "client_assertion" in shape.names


def wants_authorization(provider: Provider) -> bool:
    """Whether a code of this system comes from a customer who is sent to the bank."""
    return any("authorization_code" in shape.grants for shape in provider.requests)


def tls_pair_wanted(provider: Provider) -> bool:
    """Whether the system's document asks for mutual TLS."""
    return any(pair.config_key == "tls_key" for pair in provider.key_pairs) and any(
        step.check is StepCheck.KEY and not step.optional for step in provider.steps
    )


def choose_shape(
    provider: Provider, client: Client, *, way: str | None = None, refresh: bool = False
) -> TokenRequest:
    """Which of the system's requests is meant.

    :param way: the name of one of them ("secret", "assertion"); by default an
        assertion where the client has a key that signs, else the first that fits.
    :raises UsageError: there is none like that.
    """
    if not provider.requests:
        raise UsageError(f"no request for a token is described for {provider.title}")
    fitting = [shape for shape in provider.requests if wants_refresh_token(shape) == refresh]
    if not fitting:
        raise UsageError(f"{provider.title} has no refresh tokens")
    if way is not None:
        chosen = next((shape for shape in fitting if shape.name == way), None)
        if chosen is None:
            names = ", ".join(shape.name for shape in fitting)
            raise UsageError(f"{provider.title} does not take that way to ask", hint=f"there is {names}")
        return chosen
    if client.key is None:
        return (
            next((shape for shape in fitting if not wants_assertion(shape)), fitting[0])
            if (client.client_secret is not None)
            else fitting[0]
        )
    return next(filter(wants_assertion, fitting), fitting[0])


def prepare(
    material: Material,
    shape: TokenRequest,
    one_time: OneTime | None = None,
    *,
    at: datetime,
    jti: str | None = None,
    anyway: bool = False,
) -> Prepared:
    """Put a request together, and judge all that can be judged before it is sent.

    :param at: now, aware: the iat of an assertion, and what certificates are judged at.
    :param anyway: mint an assertion although its certificate is expired or another key's.
    :raises UsageError: a secret that is no text.
    """
    once = one_time or OneTime()
    client, provider = material.client, material.provider
    url = client.endpoint(provider)
    view = _view(material, shape, once, url, at)
    minted: MintedAssertion | None = None
    if wants_assertion(shape) and not view.missing:
        minted, problem = _minted(material, at, jti, anyway=anyway)
        view = replace(view, assertion=problem)
    checks = [*_RULES.run(view), *_qwac(material, at)]
    if url is None or view.missing or (wants_assertion(shape) and minted is None):
        return Prepared(None, Report(tuple(checks)))
    request = _request(material, shape, once, url, minted)
    if minted is not None:
        checks += minted.warnings
    checks += _by_document(request, provider, at)
    return Prepared(request, Report(tuple(checks)))


# --- what is there ----------------------------------------------------------------


def _view(
    material: Material, shape: TokenRequest, once: OneTime, url: str | None, at: datetime
) -> SendingView:
    client, provider = material.client, material.provider
    values = _values(material, once)
    texts = {
        member.setting or member.name: revealed(value)
        for member in shape.headers
        if (value := values.get(member.name)) is not None
    }
    asserted = wants_assertion(shape)
    return SendingView(
        provider=provider,
        shape=shape,
        at=at,
        url=url,
        server=client.server,
        audience=client.assertion_audience(provider) if asserted else None,
        missing=_missing(material, shape, once, url),
        names=_names(client, asserted=asserted),
        pairs=_pairs(material, asserted=asserted),
        user=client.client_id if shape.basic else None,
        headers=texts,
        code_age=_age(once.code_issued_at, at),
        refresh_age=_age(once.refresh_issued_at, at),
    )


def _age(since: datetime | None, at: datetime) -> float | None:
    return None if since is None else (at - since).total_seconds()


def _values(material: Material, once: OneTime) -> dict[str, str | Secret]:
    """The values of members and headers by the name under which they are sent, as far as they are there."""
    values: dict[str, str | Secret] = {}
    for shape in material.provider.requests:
        for member in (*shape.members, *shape.headers):
            if member.setting is None:
                continue
            value = material.secrets.get(member.setting) or getattr(material.client, member.setting, None)
            if isinstance(value, str | Secret):
                values[member.name] = value
    if once.code is not None:
        values |= dict.fromkeys(_ONE_TIME, once.code)
    if once.redirect_uri is not None:
        values["redirect_uri"] = once.redirect_uri
    if once.refresh_token is not None:
        values[REFRESH] = once.refresh_token
    return values


def _missing(material: Material, shape: TokenRequest, once: OneTime, url: str | None) -> tuple[str, ...]:
    client, provider = material.client, material.provider
    values = _values(material, once)
    needed = [
        member.setting or member.name
        for member in (*shape.members, *shape.headers)
        if member.required and not member.values and member.name not in values
    ]
    wanted = {"client_assertion", "client_assertion_type", "Authorization"}
    missing = [name for name in needed if name not in wanted]
    if url is None:
        missing += [name for name in ("server", "realm") if _is_part(provider, name, client)]
    if shape.basic:
        missing += [name for name in ("client_id",) if client.client_id is None]
        missing += [name for name in ("client_secret",) if name not in material.secrets]
    if wants_assertion(shape):
        missing += _missing_for_assertion(material)
    if tls_pair_wanted(provider):
        has = material.tls
        missing += ["tls_key"] if has is None or has.key is None else []
        missing += ["tls_certificate"] if has is None or has.certificate is None else []
        if any(pair.qualified for pair in provider.key_pairs) and client.client_id is None:
            missing.append("client_id")
    return tuple(dict.fromkeys(missing))


def _is_part(provider: Provider, name: str, client: Client) -> bool:
    """Whether a setting is a part of the token endpoint's URL that is not there."""
    return f"{{{name}}}" in provider.token_endpoint and getattr(client, name) is None


def _missing_for_assertion(material: Material) -> list[str]:
    client, signing = material.client, material.signing
    missing = [] if client.client_id is not None else ["client_id"]
    if signing is None or signing.key is None:
        missing.append("key")
    if client.kid is None and (signing is None or signing.certificate is None):
        missing.append("certificate")
    if client.assertion_audience(material.provider) is None:
        missing.append("audience")
    return missing


def _names(client: Client, *, asserted: bool) -> tuple[str, ...]:
    files = [client.tls_key, client.tls_certificate]
    files += [client.key, client.certificate] if asserted else []
    files += [] if client.client_secret is None else [client.client_secret.file]
    return (client.name, *(file.name for file in files if file is not None))


def _pairs(material: Material, *, asserted: bool) -> tuple[PairView, ...]:
    pairs = []
    if asserted and material.signing is not None:
        pairs.append(_pair("signing", "certificate", material.signing, material.client.kid))
    if material.tls is not None:
        pairs.append(_pair("mutual TLS", "tls_certificate", material.tls, None))
    return tuple(pairs)


def _pair(purpose: str, setting: str, identity: Identity, kid: str | None) -> PairView:
    public = None if identity.key is None else identity.key.public_key()
    return PairView(purpose, setting, public, identity.certificate, kid)


# --- assertion, QWAC, document ------------------------------------------------------


def _minted(
    material: Material, at: datetime, jti: str | None, *, anyway: bool
) -> tuple[MintedAssertion | None, Finding | None]:
    """The assertion, or what speaks against making it."""
    try:
        return _mint(material, at, jti, with_certificate=True), None
    except _JUDGED_BEFORE as error:
        # A rule of its own says it, and who insists gets one whose kid is that certificate's all the same.
        if not anyway:
            return None, Finding(error.message, error.hint, "client_assertion")
    except (RefusedError, UsageError) as error:
        return None, Finding(error.message, error.hint, "client_assertion")
    try:
        return _mint(material, at, jti, with_certificate=False), None
    except (RefusedError, UsageError) as error:
        return None, Finding(error.message, error.hint, "client_assertion")


def _mint(material: Material, at: datetime, jti: str | None, *, with_certificate: bool) -> MintedAssertion:
    from jwttool.assertion import mint
    from jwttool.certificates import fingerprint

    client, provider, signing = material.client, material.provider, material.signing
    assert signing is not None  # noqa: S101  # not missing, and so there
    assert signing.key is not None  # noqa: S101
    kid = client.kid
    if not with_certificate and kid is None and signing.certificate is not None:
        form = "sha1" if provider.assertion is None else provider.assertion.kid_form
        kid = fingerprint(signing.certificate, form)
    return mint(
        signing.key,
        client_id=client.client_id or "",
        audience=client.assertion_audience(provider) or "",
        certificate=signing.certificate if with_certificate else None,
        kid=kid,
        provider=provider,
        algorithm=client.algorithm,
        lifetime=client.lifetime,
        at=at,
        jti=jti,
    )


def _qwac(material: Material, at: datetime) -> tuple[Check, ...]:
    """What a bank would find about the QWAC and the client_id; all of it, passed checks too."""
    tls, client = material.tls, material.client
    qualified = any(pair.qualified for pair in material.provider.key_pairs)
    if not qualified or tls is None or tls.certificate is None or client.client_id is None:
        return ()
    from jwttool.checks.qwac.judge import check_qwac

    return check_qwac(
        tls.certificate,
        client_id=client.client_id,
        mapping=material.mapping,
        provider=material.provider,
        at=at,
    ).checks


def _request(
    material: Material, shape: TokenRequest, once: OneTime, url: str, minted: MintedAssertion | None
) -> HttpRequest:
    values = _values(material, once)
    if minted is not None:
        values |= {
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": Secret.from_text(minted.token),
        }
    extra: dict[str, str | Secret] = {}
    if once.verifier is not None and wants_code(shape):
        extra["code_verifier"] = once.verifier
    client_id = material.client.client_id
    if wants_refresh_token(shape) and "client_id" not in shape.names and client_id is not None:
        extra["client_id"] = client_id  # RFC 8705 section 2: mutual TLS alone does not name the client
    names = {member.name for member in (*shape.members, *shape.headers)}
    return build_request(
        shape,
        url,
        {name: value for name, value in values.items() if name in names},
        user=material.client.client_id,
        password=material.secrets.get("client_secret"),
        extra=extra,
    )


def _by_document(request: HttpRequest, provider: Provider, at: datetime) -> tuple[Check, ...]:
    try:
        message = read_sent(request.method, request.url, request.headers, request.body.decode("utf-8"))
    except JwtToolError:
        return ()
    return judge_message(message, provider, unix_seconds(at))


def findings(report: Report) -> Report:
    """What is worth telling of a report: failures and warnings."""
    return Report(tuple(check for check in report if check.status in {Status.FAIL, Status.WARNING}))
