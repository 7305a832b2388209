"""A value that must not be seen: passphrases, client secrets, codes, tokens."""

from __future__ import annotations

from typing import Any, Final

from jwttool.errors import InputError, raise_alone


class Secret:
    """Bytes that show themselves only to :meth:`reveal`.

    ``repr``, ``str``, ``format``, ``pickle`` and ``copy`` give nothing away, so
    a secret cannot slip into a log line or a traceback by accident. Python
    cannot wipe memory; no promise of that kind is made.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value: Final = value

    @classmethod
    def from_text(cls, text: str) -> Secret:
        """A secret from text, as UTF-8.

        :raises InputError: when UTF-8 has no bytes for it (half of a surrogate pair).
        """
        try:
            return cls(text.encode("utf-8"))
        except UnicodeEncodeError:  # which holds the whole text
            raise_alone(InputError("a secret with half of a surrogate pair, which is no character"))

    def reveal(self) -> bytes:
        """The secret itself. Every call site is a place to review."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        import hmac  # brings OpenSSL along: only who compares waits for it

        return hmac.compare_digest(self._value, other._value)

    __hash__ = None  # type: ignore[assignment]  # a hash would be an oracle

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("a Secret is not pickled or copied")

    def __getstate__(self) -> object:  # object's own hands the value out
        raise TypeError("a Secret is not pickled or copied")
