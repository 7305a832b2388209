"""What a PKCS#12 file shows without its passphrase (RFC 7292 section 4).

Enough to say what opening it would cost, and whether it holds several keys,
before OpenSSL gets to see it. What lies inside an encrypted part stays unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jwttool.errors import AmbiguousError, MalformedError, UnsupportedError
from jwttool.keys import structures
from jwttool.keys.pbe import MAX_PBKDF2_ROUNDS, KeyEncryption, refuse_excess
from jwttool.keys.schemes import encryption_of, mac_of

_DATA: Final = "1.2.840.113549.1.7.1"
_ENCRYPTED_DATA: Final = "1.2.840.113549.1.7.6"
_KEY_BAG: Final = "1.2.840.113549.1.12.10.1.1"
_SHROUDED_KEY_BAG: Final = "1.2.840.113549.1.12.10.1.2"
_NESTED_BAG: Final = "1.2.840.113549.1.12.10.1.6"

_MAX_KEYS: Final = 64

MAX_TOTAL_ROUNDS: Final = 4 * MAX_PBKDF2_ROUNDS
"""Each key, each encrypted part and the MAC have a key derivation of their own."""


@dataclass(frozen=True, slots=True)
class PfxOutline:
    """The protections of a PKCS#12 file: of its parts, of each key that is in view, and the MAC."""

    parts: tuple[KeyEncryption, ...]
    keys: tuple[KeyEncryption | None, ...]
    mac: KeyEncryption | None

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
            in_pkcs12=True,
            outdated=around[0].outdated,
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

    :raises MalformedError: when it is damaged, or BER.
    :raises UnsupportedError: when it is protected by something other than a
        passphrase, or in a way that is not known here.
    """
    pfx = structures.parse(structures.Pfx, structures.whole(data), _damaged())
    if pfx.version != 3:
        raise MalformedError("a PKCS#12 file of another version than 3")
    if pfx.content.oid.dotted_string != _DATA:
        raise UnsupportedError("a PKCS#12 file that is signed instead of guarded by a passphrase")
    parts: list[KeyEncryption] = []
    keys: list[KeyEncryption | None] = []
    safe = structures.parse(bytes, pfx.content.content, _damaged())
    for part in structures.parse_list(structures.AuthenticatedSafe, safe, _damaged()).parts:
        kind = part.oid.dotted_string
        if kind == _DATA:
            keys.extend(_keys_in(structures.parse(bytes, part.content, _damaged())))
            if len(keys) > _MAX_KEYS:
                raise MalformedError(f"more than {_MAX_KEYS} private keys in one PKCS#12 file")
        elif kind == _ENCRYPTED_DATA:
            encrypted = structures.parse(structures.EncryptedData, part.content, _damaged())
            parts.append(encryption_of(encrypted.content.algorithm))
        else:
            raise UnsupportedError("a PKCS#12 file with a part that no passphrase opens")
    mac = None if pfx.mac is None else _mac(pfx.mac)
    return PfxOutline(tuple(parts), tuple(keys), mac)


def _keys_in(safe: bytes) -> list[KeyEncryption | None]:
    """How each private key in an unencrypted part is encrypted."""
    keys: list[KeyEncryption | None] = []
    for bag in structures.parse_list(structures.SafeContents, safe, _damaged()).bags:
        kind = bag.oid.dotted_string
        if kind == _KEY_BAG:
            keys.append(None)
        elif kind == _SHROUDED_KEY_BAG:
            shrouded = structures.parse(structures.EncryptedPrivateKeyInfo, bag.value, _damaged())
            keys.append(encryption_of(shrouded.algorithm))
        elif kind == _NESTED_BAG:
            raise UnsupportedError("a PKCS#12 file with bags inside bags")
    return keys


def _mac(data: structures.MacData) -> KeyEncryption:
    return mac_of(data.mac.algorithm, 1 if data.rounds is None else data.rounds)


def _damaged() -> MalformedError:
    return MalformedError("a PKCS#12 file that is damaged, or not DER", hint=structures.AS_DER)
