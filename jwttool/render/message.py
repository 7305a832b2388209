"""An answer or a request as it may be seen: its members and headers, without what opens anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.answer.message import SECRETS
from jwttool.inspection.model import InspectedMessage
from jwttool.render.masking import MASK, cut, masked, masked_member, masked_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jwttool.inspection.model import Inspection
    from jwttool.report import Check

_SHORTEST: Final = 8
"""Characters of a token that is looked for where it does not belong."""

# Everything else may be a credential of somebody's own making: X-Auth, X-Session-Id.
_SHOWN_HEADERS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "age",
        "allow",
        "cache-control",
        "connection",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "etag",
        "expires",
        "fi_reference_id",
        "host",
        "jwttool-sandbox-reason",
        "keep-alive",
        "last-modified",
        "location",
        "pragma",
        "retry-after",
        "server",
        "strict-transport-security",
        "transfer-encoding",
        "user-agent",
        "vary",
        "version",
        "via",
        "www-authenticate",
        "x-correlation-id",
        "x-fapi-interaction-id",
        "x-frame-options",
        "x-request-id",
    }
)


_CODES_AND_PASSWORDS: Final = SECRETS - {
    "access_token",
    "actor_token",
    "assertion",
    "client_assertion",
    "id_token",
    "refresh_token",
    "subject_token",
    "token",
}
"""Of passwords and codes nothing is seen; of tokens the beginning, to tell two apart."""


def shown_members(inspection: InspectedMessage, *, show_secrets: bool) -> dict[str, Any]:
    """The members of the body, as they stand or with the secrets cut."""
    message = inspection.message
    if show_secrets:
        return dict(message.members)
    secrets = _CODES_AND_PASSWORDS | _declared(inspection)
    tokens = _tokens(inspection)
    return {name: _echoed(_shown(name, value, secrets), tokens) for name, value in message.members.items()}


def shown_headers(inspection: InspectedMessage, *, show_secrets: bool) -> list[tuple[str, str]] | None:
    """The headers; the values of those that are not known to be harmless are hidden."""
    headers = inspection.message.headers
    if headers is None or show_secrets:
        return None if headers is None else list(headers)
    tokens = _tokens(inspection)
    return [
        (masked_text(name), _echoed(masked_text(value), tokens) if name.lower() in _SHOWN_HEADERS else MASK)
        for name, value in headers
    ]


def shown_findings(inspection: Inspection) -> tuple[Check, ...]:
    """The findings; what they quote of a message is masked as in the message."""
    if not isinstance(inspection, InspectedMessage):
        return inspection.findings
    tokens = _tokens(inspection)
    return tuple(
        replace(check, message=_echoed(masked_text(check.message), tokens)) for check in inspection.findings
    )


def _shown(name: str, value: Any, secrets: frozenset[str]) -> Any:
    if name == "errors" and isinstance(value, list):
        # Konsentus: the code of an error is no secret.
        return [_error(each) if isinstance(each, dict) else masked(each) for each in value]
    if isinstance(value, dict) and name not in secrets:
        return {masked_text(inner): masked_member(inner, member, secrets) for inner, member in value.items()}
    return masked_member(name, value, secrets)


def _error(error: dict[str, Any]) -> dict[str, Any]:
    return {
        masked_text(name): masked(value) if name == "code" else masked_member(name, value)
        for name, value in error.items()
    }


def _declared(inspection: InspectedMessage) -> frozenset[str]:
    """The members that the system's own description calls secret, but for tokens."""
    provider = inspection.provider
    if provider is None:
        return frozenset()
    shapes = [*(member for each in provider.requests for member in (*each.members, *each.headers))]
    for answer in (provider.answer, provider.errors):
        shapes += answer.members if answer is not None else ()
    return frozenset(member.name for member in shapes if member.secret) - (SECRETS - _CODES_AND_PASSWORDS)


def _tokens(inspection: InspectedMessage) -> tuple[str, ...]:
    return tuple(found.text for found in inspection.message.tokens if len(found.text) >= _SHORTEST)


def _echoed(value: Any, tokens: Sequence[str]) -> Any:
    """A value without the tokens that a server repeats where they do not belong."""
    if isinstance(value, str):
        for token in tokens:
            value = value.replace(token, cut(token))
        return value
    if isinstance(value, dict):
        return {_echoed(name, tokens): _echoed(member, tokens) for name, member in value.items()}
    return [_echoed(each, tokens) for each in value] if isinstance(value, list) else value
