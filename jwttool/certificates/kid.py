"""What a ``kid`` is: which certificate it names, in which form, and how it is misspelt."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.certificates.forms import FORMS, Form, Spelling, digests, spell
from jwttool.encoding import b64url_decode
from jwttool.errors import Base64urlError, MalformedError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cryptography import x509

MAX_TEXT: Final = 64 * 1024
"""Characters of a pasted message that are read."""
MAX_KID: Final = 1024
"""Characters of one kid; none of the forms has more than 64."""
MAX_KIDS: Final = 1000


@dataclass(frozen=True, slots=True)
class KidMatch:
    """Which certificate a kid names, and how.

    ``deviation`` is None where the kid is exactly that form; otherwise it says
    in words what sets it apart ("in lower case", "with colons"), because a
    server compares a kid character by character.
    """

    certificate_index: int
    form: str
    deviation: str | None = None


# --- identification -----------------------------------------------------------

_HEX: Final = re.compile(r"[0-9A-Fa-f]{2}(?:[:-]?[0-9A-Fa-f]{2})+")
# As openssl ("SHA1 Fingerprint=") and curl ("sha256//") put it before the value.
_LABEL: Final = re.compile(r"sha-?(?:1|256)(?: ?fingerprint)?(?:[=:]|//)|pin-sha256=", re.IGNORECASE)
_HEX_SPELLINGS: Final = frozenset({Spelling.HEX_UPPER, Spelling.HEX_LOWER, Spelling.HEX_COLON})


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand a kid: its bytes, and what had to be overlooked for it."""

    data: bytes
    text: str
    hexadecimal: bool
    overlooked: tuple[str, ...] = ()


class KidIndex:
    """Certificates, ready for many kids to be looked up: a look-up costs the same for one or a thousand."""

    __slots__ = ("_by_digest", "_exact")

    def __init__(self, certificates: Iterable[x509.Certificate]) -> None:
        self._exact: Final[dict[str, KidMatch]] = {}
        self._by_digest: Final[dict[bytes, list[tuple[int, Form]]]] = {}
        for index, certificate in enumerate(certificates):
            available = digests(certificate)
            for form in FORMS.values():
                if (data := available.get(form.digest)) is not None:
                    # The first certificate, and of its forms the first, stands for all that are the same.
                    self._exact.setdefault(spell(data, form.spelling), KidMatch(index, form.name))
                    self._by_digest.setdefault(data, []).append((index, form))

    def identify(self, kid: str) -> KidMatch | None:
        """Which certificate, in which form, a kid names: see :func:`identify_kid`."""
        if len(kid) > MAX_KID:
            return None
        exact = self._exact.get(kid)
        if exact is not None:
            return exact
        found = [
            (reading.overlooked + _spelling_deviations(reading, form, reading.data), index, form)
            for reading in _readings(kid)
            for index, form in self._by_digest.get(reading.data, ())
        ]
        if not found:
            return None
        # min() takes the first of equals: the earlier certificate, the earlier form.
        deviations, index, form = min(found, key=lambda each: _weight(each[0]))
        return KidMatch(index, form.name, " and ".join(deviations) or None)


def identify_kid(kid: str, certificates: Sequence[x509.Certificate]) -> KidMatch | None:
    """Which of the certificates, in which form, a kid names; None when none of them.

    An exact match comes before every deviation, a smaller deviation before a
    larger one, and an earlier certificate before a later one.
    """
    return KidIndex(certificates).identify(kid)


_OTHER_ENCODING: Final = re.compile("in hex instead|instead of hex")


def _weight(deviations: tuple[str, ...]) -> int:
    """How far off a spelling is: another encoding is further than any number of colons."""
    return sum(10 if _OTHER_ENCODING.search(deviation) else 1 for deviation in deviations)


def _readings(kid: str) -> Iterator[_Reading]:
    overlooked: list[str] = []
    visible = "".join(character for character in kid if not _is_invisible(character))
    label = _LABEL.match(visible)
    if label:
        # "SHA1 Fingerprint=" has a space of its own, which is not worth a word.
        overlooked.append("with a label before it")
        visible = visible[label.end() :].strip("\"'")
    elif visible != kid:
        overlooked.append("with white space or invisible characters in it")
    if _HEX.fullmatch(visible):
        yield _Reading(_from_hex(visible), visible, True, tuple(overlooked))
    decoded = _from_base64(visible)
    if decoded:
        yield _Reading(decoded, visible, False, tuple(overlooked))
        digits = decoded.decode("ascii", "replace")
        if _HEX.fullmatch(digits):
            # Somebody has put the hex digits, instead of the bytes, into base64.
            overlooked.append("as base64 of the hex digits")
            yield _Reading(_from_hex(digits), digits, True, tuple(overlooked))


def _is_invisible(character: str) -> bool:
    """White space, control and format characters: Windows puts a left-to-right mark before a thumbprint."""
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}


def _from_hex(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", "").replace("-", ""))


def _from_base64(text: str) -> bytes | None:
    try:
        return b64url_decode(text.rstrip("=").replace("+", "-").replace("/", "_"))
    except Base64urlError:
        return None


def _spelling_deviations(reading: _Reading, form: Form, data: bytes) -> tuple[str, ...]:
    """What sets the text of a reading apart from the right spelling of the same bytes."""
    text, spelling = reading.text, form.spelling
    right = spell(data, spelling)
    if text == right:
        return ()
    if reading.hexadecimal:
        if spelling not in _HEX_SPELLINGS:
            return (f"in hex instead of {spelling.value}",)
        return (*_case_deviation(text, right), *_separator_deviation(text, right))
    if spelling in _HEX_SPELLINGS:
        return ("in base64 instead of hex",)
    return tuple(_base64_deviations(text, right))


def _case_deviation(text: str, right: str) -> Iterator[str]:
    letters = "".join(filter(str.isalpha, text))
    if letters and letters != "".join(filter(str.isalpha, right)):
        if letters.islower():
            yield "in lower case"
        elif letters.isupper():
            yield "in upper case"
        else:
            yield "in mixed case"


def _separator_deviation(text: str, right: str) -> Iterator[str]:
    if "-" in text:
        yield "with hyphens"
    elif ":" in text and ":" not in right:
        yield "with colons"
    elif ":" not in text and ":" in right:
        yield "without colons"


def _base64_deviations(text: str, right: str) -> Iterator[str]:
    if "=" in text and not right.endswith("="):
        yield "with padding"
    elif right.endswith("=") and "=" not in text:
        yield "without padding"
    if ("+" in text or "/" in text) and text.rstrip("=") != right.rstrip("="):
        yield "in base64 instead of base64url"
    elif ("-" in text or "_" in text) and text.rstrip("=") != right.rstrip("="):
        yield "in base64url instead of base64"


# Beside the words of the digest itself: how each form spells it.
_SPELT: Final = {
    "sha1": "in upper-case hex",
    "sha1-lower": "in lower-case hex",
    "sha1-colon": "in hex with colons",
    "sha256": "in hex",
    "x5t": "in base64url (x5t)",
    "x5t-s256": "in base64url (x5t#S256)",
    "jkt": None,
    "spki-sha256": "in base64 (a pin)",
    "keycloak": "in base64url (Keycloak's default kid)",
    "ski": None,
}


def describe_match(match: KidMatch, of: str | None = None) -> str:
    """A match in words: "the SHA-256 fingerprint of the right certificate, in hex, but in lower case".

    :param of: the certificate in words, as in "the right certificate"; may be left out.
    """
    parts = [FORMS[match.form].digest.value]
    if of is not None:
        parts[0] += f" of {of}"
    if spelt := _SPELT[match.form]:
        parts.append(spelt)
    if match.deviation is not None:
        parts.append(f"but {match.deviation}")
    return ", ".join(parts)


# --- what people paste --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KidsInText:
    """The kids in a text: those that a server knows, and the one that it was asked for.

    ``requested`` is set only where the text is a server's message that names it;
    ``kids`` is then empty if the server knows none at all.
    """

    kids: tuple[str, ...]
    requested: str | None = None


_QUOTES: Final = "'\"`´‘’‚‛“”„‟‹›«»"  # noqa: RUF001  # the look-alikes are meant
_AVAILABLE: Final = re.compile(
    rf"\b(?:available|known|valid|expected)\s+(?:kids?|key\s+ids?)\b(?:\s*+[:=])?+"
    rf"(?:\s*+[{_QUOTES}]?\[([^\]]*)\]?|(.+))",
    re.IGNORECASE | re.DOTALL,
)
_REQUESTED: Final = re.compile(
    rf"\brequested\s+kid\b\s*+[:=]?+\s*+(?:[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]|([^\s,;]+))",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(r"[,;\r\n]+")
_KID_LABEL: Final = re.compile(rf"[{_QUOTES}]?kid[{_QUOTES}]?\s*[:=]\s*", re.IGNORECASE)


def parse_server_message(text: str) -> KidsInText:
    """The kids in a bare value, a list of values, or a server's message.

    Understood are ``Requested kid: 'x'. Available kids: [a, b]`` (what Keycloak
    says), quotes of all kinds, commas, semicolons and lines.

    :raises TooLargeError: more text, or more kids, than anyone pastes.
    :raises MalformedError: a kid that is too long, or no kid at all.
    """
    if len(text) > MAX_TEXT:
        raise TooLargeError(f"the text with the kid is larger than the limit of {MAX_TEXT:,} characters")
    requested_match = _REQUESTED.search(text)
    requested = None
    if requested_match:  # unquoted, the full stop of the sentence may stick to it
        requested = requested_match[1] or (requested_match[2] or "").rstrip(".") or None
    available = _AVAILABLE.search(text)
    if available:
        kids = _split(available[1] if available[1] is not None else available[2])
    elif requested:
        kids = (requested,)
    else:
        kids = _split(text)
    if not kids and not available:
        raise MalformedError(
            "there is no kid in the text", hint="give the kid itself, or the server's whole message"
        )
    _check_bounds(kids if requested is None else (*kids, requested))
    return KidsInText(kids, requested)


def decode_text(data: bytes) -> str:
    """What was piped in: UTF-8, with a byte that is none shown as the replacement character.

    :raises TooLargeError: more than anyone pastes.
    """
    if len(data) > 4 * MAX_TEXT:
        raise TooLargeError(f"the text with the kid is larger than the limit of {MAX_TEXT:,} characters")
    return data.decode("utf-8-sig", "replace")


def parse_kids(text: str) -> list[str]:
    """The kids in a text: see :func:`parse_server_message`, whose ``kids`` these are."""
    return list(parse_server_message(text).kids)


def _split(text: str) -> tuple[str, ...]:
    pieces = (_bare(piece) for piece in _SEPARATOR.split(text))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def _bare(piece: str) -> str:
    """A kid without what stands around it; white space inside quotes belongs to the kid."""
    piece = piece.strip().strip("[]{}").strip()
    label = _KID_LABEL.match(piece)
    if label:
        piece = piece[label.end() :]
    if len(piece) >= 2 and piece[0] in _QUOTES and piece[-1] in _QUOTES:
        return piece[1:-1]
    return piece.strip(_QUOTES)


def _check_bounds(kids: tuple[str, ...]) -> None:
    if len(kids) > MAX_KIDS:
        raise TooLargeError(f"more than the limit of {MAX_KIDS:,} kids")
    if any(len(kid) > MAX_KID for kid in kids):
        raise MalformedError(f"a kid longer than the limit of {MAX_KID:,} characters")
