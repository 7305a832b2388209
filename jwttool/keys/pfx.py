"""What a PKCS#12 file shows without its passphrase (RFC 7292 section 4).

Enough to say what opening it would cost, and whether it holds several keys,
before OpenSSL gets to see it. What lies inside an encrypted part stays unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.errors import AmbiguousError, MalformedError, UnsupportedError
from jwttool.keys.der import Tag, elements, octets, oid, single, small_integer
from jwttool.keys.pbe import MAX_PBKDF2_ROUNDS, KeyEncryption, encryption_of, mac_of, refuse_excess

if TYPE_CHECKING:
    from jwttool.keys.der import Element

_DATA: Final = "1.2.840.113549.1.7.1"
_ENCRYPTED_DATA: Final = "1.2.840.113549.1.7.6"
_KEY_BAG: Final = "1.2.840.113549.1.12.10.1.1"
_SHROUDED_KEY_BAG: Final = "1.2.840.113549.1.12.10.1.2"
_NESTED_BAG: Final = "1.2.840.113549.1.12.10.1.6"

_MAX_PARTS: Final = 16
_MAX_BAGS: Final = 1024
_MAX_KEYS: Final = 64

MAX_TOTAL_ROUNDS: Final = 4 * MAX_PBKDF2_ROUNDS
"""Each key, each encrypted part and the MAC have a key derivation of their own."""


@dataclass(frozen=True, slots=True)
class PfxOutline:
    """The protections of a PKCS#12 file: of its parts, of each key that is in view, and the MAC.

    ``content`` is a view on the authenticated content, over which the MAC goes.
    """

    parts: tuple[KeyEncryption, ...]
    keys: tuple[KeyEncryption | None, ...]
    mac: KeyEncryption | None
    content: memoryview

    @property
    def needs_passphrase(self) -> bool:
        """Whether anything in it is protected."""
        return bool(self._protections())

    @property
    def encryption(self) -> KeyEncryption | None:
        """How the private key is encrypted; None when it lies in the open.

        The rounds are the lowest that a guess of the passphrase could be tried
        with, and that may be the MAC's.
        """
        around = tuple(key for key in self.keys if key is not None) or self.parts
        if None in self.keys or not around:
            return None
        mac = self.mac.scheme if self.mac is not None else "none"
        rounds = [known.rounds for known in self._protections() if known.rounds is not None]
        return KeyEncryption(
            f"PKCS#12, {around[0].scheme}; MAC: {mac}",
            min(rounds, default=None),
            self._excess(),
        )

    def refuse_excess(self) -> None:
        """:raises UnsupportedError: when opening the file would cost too much."""
        refuse_excess(self._excess())

    def refuse_several_keys(self) -> None:
        """:raises AmbiguousError: for several keys, of which OpenSSL would silently take the first."""
        if len(self.keys) > 1:
            raise AmbiguousError(
                f"{len(self.keys)} private keys in one PKCS#12 file",
                hint="export the one that is meant into a file of its own",
            )

    def _protections(self) -> list[KeyEncryption]:
        everything = (*self.parts, *self.keys, self.mac)
        return [known for known in everything if known is not None]

    def _excess(self) -> str | None:
        protections = self._protections()
        for known in protections:
            if known.excess is not None:
                return known.excess
        total = sum(known.rounds or 0 for known in protections)
        if total > MAX_TOTAL_ROUNDS:
            return f"{total:,} rounds of key derivation in all, more than the limit of {MAX_TOTAL_ROUNDS:,}"
        return None


def read_outline(data: bytes) -> PfxOutline:
    """The outline of a PKCS#12 file.

    :raises MalformedError: when it is damaged.
    :raises UnsupportedError: when it is protected by something other than a
        passphrase, or in a way that is not known here.
    """
    root = elements(single(data, Tag.SEQUENCE).content)
    if not 2 <= len(root) <= 3 or small_integer(root[0]) != 3:
        raise MalformedError("no PKCS#12 file, or one of another version than 3")
    kind, content = _content_info(root[1])
    if kind != _DATA or content is None:
        raise UnsupportedError("a PKCS#12 file that is signed instead of guarded by a passphrase")
    safe = octets(content)
    parts: list[KeyEncryption] = []
    keys: list[KeyEncryption | None] = []
    for part in elements(single(safe, Tag.SEQUENCE).content, most=_MAX_PARTS):
        kind, content = _content_info(part)
        if kind == _DATA and content is not None:
            keys.extend(_keys_in(octets(content)))
            if len(keys) > _MAX_KEYS:
                raise MalformedError(f"more than {_MAX_KEYS} private keys in one PKCS#12 file")
        elif kind == _ENCRYPTED_DATA and content is not None:
            parts.append(_encrypted_part(content))
        else:
            raise UnsupportedError("a PKCS#12 file with a part that no passphrase opens")
    mac = _mac(root[2]) if len(root) == 3 else None
    return PfxOutline(tuple(parts), tuple(keys), mac, safe)


def _fields(element: Element, least: int) -> list[Element]:
    fields = elements(element.content) if element.tag == Tag.SEQUENCE else []
    if len(fields) < least:
        raise MalformedError("the PKCS#12 file is damaged")
    return fields


def _explicit(element: Element) -> Element:
    """What stands inside an explicit tag [0]."""
    inside = elements(element.content) if element.tag == Tag.CONTEXT_0 else []
    if len(inside) != 1:
        raise MalformedError("the PKCS#12 file is damaged")
    return inside[0]


def _content_info(element: Element) -> tuple[str, Element | None]:
    """ContentInfo: a type, and the content behind an explicit tag (RFC 5652 section 3)."""
    fields = _fields(element, 1)
    return oid(fields[0]), _explicit(fields[1]) if len(fields) == 2 else None


def _encrypted_part(content: Element) -> KeyEncryption:
    """EncryptedData: version, then type, algorithm and ciphertext (RFC 5652 section 8)."""
    return encryption_of(_fields(_fields(content, 2)[1], 2)[1])


def _keys_in(safe: memoryview) -> list[KeyEncryption | None]:
    """How each private key in an unencrypted part is encrypted."""
    keys: list[KeyEncryption | None] = []
    for bag in elements(single(safe, Tag.SEQUENCE).content, most=_MAX_BAGS):
        kind, *rest = _fields(bag, 2)
        name = oid(kind)
        if name == _KEY_BAG:
            keys.append(None)
        elif name == _SHROUDED_KEY_BAG:
            keys.append(encryption_of(_fields(_explicit(rest[0]), 2)[0]))
        elif name == _NESTED_BAG:
            raise UnsupportedError("a PKCS#12 file with bags inside bags")
    return keys


def _mac(element: Element) -> KeyEncryption:
    """MacData: algorithm and digest, salt, rounds, which are one by default."""
    digest, _salt, *rest = _fields(element, 2)
    rounds = small_integer(rest[0]) if rest else 1
    return mac_of(_fields(digest, 2)[0], rounds)
