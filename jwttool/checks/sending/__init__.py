"""What speaks against a request for a token before it is sent, and against the clock behind its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.sending import clock, codes, connection, settings
from jwttool.checks.sending.clock import ClockView
from jwttool.checks.sending.view import PairView, SendingView

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule

__all__ = ["CLOCK_RULES", "SENDING_RULES", "ClockView", "PairView", "SendingView"]

SENDING_RULES: Final[tuple[Rule[SendingView], ...]] = (
    settings.complete,
    settings.url,
    settings.environment,
    settings.audience,
    settings.headers,
    connection.key_pair,
    connection.validity,
    connection.kid,
    codes.code_age,
    codes.refresh_age,
    codes.assertion,
)
CLOCK_RULES: Final[tuple[Rule[ClockView], ...]] = (clock.clock,)
