"""The answer of a token endpoint: the token out of it, and all that is to be said about it.

1. our own secrets are taken out of what is going to be shown  ``grant.masking``
2. the answer is judged by the system's document              ``checks.answer.judge_message``
3. the two clocks are compared                                ``checks.sending.clock``
4. a kid that the server names is looked for among ours       ``_kid_advice``
5. the token is taken out, whatever was found                 ``_tokens``
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.answer import judge_message
from jwttool.checks.answer.message import Fault
from jwttool.checks.rule import RuleSet
from jwttool.checks.sending import CLOCK_RULES, ClockView
from jwttool.encoding import printable
from jwttool.errors import JwtToolError
from jwttool.grant.masking import ISSUED, Masker
from jwttool.inspection.message import read_response
from jwttool.report import Report, Status
from jwttool.secret import Secret
from jwttool.times import unix_seconds

if TYPE_CHECKING:
    from cryptography import x509

    from jwttool.checks.answer.message import Message
    from jwttool.grant.message import HttpAnswer, HttpRequest
    from jwttool.providers import Provider
    from jwttool.report import Check

_CLOCK: Final = RuleSet(CLOCK_RULES)
_MOST_SECONDS: Final = 100 * 365 * 86400
_LONGEST_DATE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a token endpoint answered.

    ``token`` is there whenever the answer held one, whatever else was wrong
    with it. Times are aware; None where the answer does not tell them.
    ``clock_offset`` is how many seconds the server's clock is ahead of ours.
    """

    status: int
    report: Report
    token: Secret | None = None
    refresh_token: Secret | None = None
    token_type: str | None = None
    scope: str | None = None
    received_at: datetime
    expires_in: int | None = None
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    clock_offset: float | None = None
    message: Message = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether there is a token, and the status does not say no."""
        return self.token is not None and self.status < 400


def judge_answer(
    answer: HttpAnswer,
    request: HttpRequest,
    provider: Provider,
    certificate: x509.Certificate | None = None,
) -> Granted:
    """Take an answer apart and judge it; nothing that is said of it holds a secret.

    :param certificate: the one that signs, to tell which kid the server knows.
    """
    text = answer.body.decode("utf-8", "replace").removeprefix("\ufeff")
    raw = read_response(answer.status, answer.reason, answer.headers, text)
    message = _masked(raw, Masker(request.secrets))
    server = _date(answer.header("date"))
    judged = judge_message(message, provider, unix_seconds(answer.received_at))
    clock = _CLOCK.run(ClockView(server, answer.received_at))
    checks = [
        *_with_kid_advice(judged, message, certificate),
        *(check for check in clock if check.status is not Status.PASS),
    ]
    content = raw.content or _lenient(text, provider)
    token, refresh = (_secret(content.get(name)) for name in ("access_token", "refresh_token"))
    seconds = _seconds(content.get("expires_in"))
    received = answer.received_at
    return Granted(
        status=answer.status,
        report=Report(tuple(checks)),
        token=token,
        refresh_token=refresh,
        token_type=_text(message.content.get("token_type")),
        scope=_text(message.content.get("scope")),
        received_at=received,
        expires_in=seconds,
        expires_at=None if seconds is None else received + timedelta(seconds=seconds),
        refresh_expires_at=_refresh_end(content, provider, received) if refresh is not None else None,
        clock_offset=None if server is None else (server - received).total_seconds(),
        message=message,
    )


# --- what is shown --------------------------------------------------------------


def _masked(message: Message, masker: Masker) -> Message:
    """The message as it may be spoken of.

    In an answer with a token the members that no message ever shows stay as they are, or
    the token would look damaged; a refusal has no use for any of them.
    """
    but: frozenset[str] = frozenset() if message.is_refusal else ISSUED
    challenge = message.challenge
    return replace(
        message,
        reason=masker.text(message.reason),
        headers=None
        if message.headers is None
        else tuple((masker.text(name), masker.text(value)) for name, value in message.headers),
        members=masker.value(message.members, but=but),
        challenge=None
        if challenge is None
        else replace(
            challenge,
            code=masker.text(challenge.code),
            description=masker.text(challenge.description),
        ),
        faults=tuple(Fault(fault.kind, masker.text(fault.text)) for fault in message.faults),
    )


def _with_kid_advice(
    checks: tuple[Check, ...], message: Message, certificate: x509.Certificate | None
) -> tuple[Check, ...]:
    """The checks, with a word on our own certificate where the server names the kids that it knows."""
    if certificate is None:
        return checks
    words = " ".join(failure.description for failure in message.failures())
    advice = _kid_advice(words, certificate) if "kid" in words.lower() else None
    if advice is None:
        return checks
    return tuple(
        replace(check, hint=advice if check.hint is None else f"{advice}; {check.hint}")
        if check.id == "answer-error"
        else check
        for check in checks
    )


def _kid_advice(words: str, certificate: x509.Certificate) -> str | None:
    """Which of the server's kids is our certificate, and in which form; None where it names none."""
    from jwttool.certificates import identify_kid, parse_server_message

    try:
        found = parse_server_message(words)
    except JwtToolError:
        return None
    if found.requested is None and not found.kids:
        return None
    for kid in found.kids:
        match = identify_kid(kid, [certificate])
        if match is not None and kid != found.requested:
            form = match.form if match.deviation is None else f"{match.form} {match.deviation}"
            return f"the server knows your certificate as {printable(kid, 100)} (its {form}): set kid to that"
    if found.kids and found.kids != (found.requested,):
        return "none of the kids that the server has is your certificate: upload it"
    return "the server has no key of yours: upload the signing certificate" if not found.kids else None


# --- what is in it --------------------------------------------------------------


def _lenient(text: str, provider: Provider) -> dict[str, Any]:
    """The members of a body that is no strict JSON: a token in it was issued, and may not be had again."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    envelope = None if provider.answer is None else provider.answer.envelope
    if isinstance(value, dict) and envelope is not None and isinstance(value.get(envelope), dict):
        value = value[envelope]
    return value if isinstance(value, dict) else {}


def _secret(value: object) -> Secret | None:
    if not isinstance(value, str) or not value:
        return None
    return Secret(value.encode("utf-8", "surrogatepass"))


def _text(value: object) -> str | None:
    return printable(value, 200) if isinstance(value, str) else None


def _seconds(value: object) -> int | None:
    # A number in quotes is a finding, and still says how long.
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 12:
        value = int(value)
    if isinstance(value, float) and value == value and abs(value) < _MOST_SECONDS:  # noqa: PLR0124  # not NaN
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_SECONDS:
        return None
    return value


def _refresh_end(content: dict[str, Any], provider: Provider, received: datetime) -> datetime | None:
    seconds = _seconds(content.get("refresh_expires_in"))
    if not seconds and provider.answer is not None:
        seconds = provider.answer.refresh_lifetime
    return received + timedelta(seconds=seconds) if seconds else None


def _date(value: str | None) -> datetime | None:
    """The moment of a Date header (RFC 9110 section 5.6.7)."""
    if value is None or len(value) > _LONGEST_DATE:
        return None
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
