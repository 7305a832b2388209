"""An answer or a request as it may be seen: its members and headers, secrets cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jwttool.checks.answer.message import SECRETS
from jwttool.render.masking import masked_members

if TYPE_CHECKING:
    from jwttool.checks.answer.message import Message


def shown_members(message: Message, *, show_secrets: bool) -> dict[str, Any]:
    """The members of the body, as they stand or with the secrets cut."""
    return dict(message.members) if show_secrets else masked_members(message.members, SECRETS)
