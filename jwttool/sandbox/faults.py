"""Faults on demand: what goes wrong with a real server, so that a client can be tested against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from jwttool.errors import UsageError

if TYPE_CHECKING:
    from jwttool.sandbox.exchange import Answer

MOST_SECONDS: Final = 366 * 86400
MOST_DELAY: Final = 300


class FaultName(StrEnum):
    """The faults by their names."""

    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    SLOW = "slow"
    CLOCK_SKEW = "clock-skew"
    STALE_KEY = "stale-key"
    WRONG_CONTENT_TYPE = "wrong-content-type"


_USUAL: Final = {FaultName.SLOW: 10, FaultName.CLOCK_SKEW: -120}
WHAT: Final = {
    FaultName.SERVER_ERROR: "the server fails",
    FaultName.UNAVAILABLE: "the service is not available, with Retry-After",
    FaultName.SLOW: "the answer takes 10 s; slow=SECONDS another time",
    FaultName.CLOCK_SKEW: "the server's clock is 120 s behind, its judging too; clock-skew=SECONDS otherwise",
    FaultName.STALE_KEY: "OP and Worldline have another certificate of the client than the one that it uses",
    FaultName.WRONG_CONTENT_TYPE: "the answer says that it is HTML",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and, where it has one, its number of seconds."""

    name: FaultName
    seconds: int = 0

    @property
    def reason(self) -> str:
        """For the header and the log."""
        return f"sandbox-fault: {self}, which was asked for"

    def __str__(self) -> str:
        return f"{self.name}={self.seconds}" if self.name in _USUAL else str(self.name)


def parse_fault(text: str) -> Fault:
    """A fault as it is asked for: ``503``, ``slow``, ``clock-skew=-300``.

    :raises UsageError: there is none of that name, or it has no such number.
    """
    name, given, number = text.strip().partition("=")
    try:
        fault = FaultName(name)
    except ValueError:
        raise UsageError("there is no fault of that name", hint=f"there are {', '.join(FaultName)}") from None
    if not given:
        return Fault(fault, _USUAL.get(fault, 0))
    most = MOST_DELAY if fault is FaultName.SLOW else MOST_SECONDS
    digits = number.removeprefix("-") if fault is FaultName.CLOCK_SKEW else number
    if (
        fault not in _USUAL
        or not (digits.isascii() and digits.isdigit() and len(digits) < 10)
        or int(digits) > most
    ):
        raise UsageError(
            f"{fault} takes no such number", hint=f"slow=1..{MOST_DELAY} and clock-skew=-N or N, in seconds"
        )
    return Fault(fault, int(number))


def parse_faults(text: str) -> tuple[Fault, ...]:
    """Several faults with commas between them.

    :raises UsageError: one of them is none.
    """
    return tuple(parse_fault(part) for part in text.split(",")[:20] if part.strip())


def clock(faults: tuple[Fault, ...]) -> int:
    """Seconds by which the server's clock is off."""
    return sum(fault.seconds for fault in faults if fault.name is FaultName.CLOCK_SKEW)


def dressed(answer: Answer, faults: tuple[Fault, ...]) -> Answer:
    """The answer with the faults that it can have at the end, and with the reason for each of them."""
    names = {fault.name for fault in faults}
    return replace(
        answer,
        content_type="text/html" if FaultName.WRONG_CONTENT_TYPE in names else answer.content_type,
        delay=float(sum(fault.seconds for fault in faults if fault.name is FaultName.SLOW)),
        clock=clock(faults),
        reasons=(*(fault.reason for fault in faults), *answer.reasons),
    )
