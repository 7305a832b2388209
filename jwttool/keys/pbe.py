"""Password-based encryption: what a file uses, and what opening it would cost.

Read from the parameters that stand in the clear (RFC 8018 for PBES1 and PBES2,
RFC 7914 for scrypt, RFC 7292 appendix C for PKCS#12, RFC 9579 for PBMAC1),
before any passphrase is tried: the file decides how much work a key derivation
is, so a hostile one could keep a computer busy for hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.errors import MalformedError, UnsupportedError
from jwttool.keys.der import Tag, elements, octets, oid, small_integer

if TYPE_CHECKING:
    from jwttool.keys.der import Element

PBKDF2_ROUNDS: Final = 600_000
"""What OWASP's Password Storage Cheat Sheet asks of PBKDF2-HMAC-SHA256 (since 2023)."""

MAX_PBKDF2_ROUNDS: Final = 2_000_000
"""More is refused before it is computed: about half a second of work here."""

MAX_SCRYPT_MEMORY: Final = 32 * 1024 * 1024
"""Bytes; scrypt needs 128 * N * r of them (RFC 7914 section 2). It is OpenSSL's own limit, too."""

MAX_SCRYPT_PARALLEL: Final = 16


@dataclass(frozen=True, slots=True)
class KeyEncryption:
    """How a key file is encrypted.

    ``scheme`` is for people. ``rounds`` counts the iterations of an iterated
    hash (PBKDF2, PKCS#12, PBES1), None for scrypt, which is not weighed by
    them; where one file has several, it is the lowest, as that is what somebody
    who guesses passphrases would attack. ``excess`` says why the file is too
    costly to open, if it is.
    """

    scheme: str
    rounds: int | None
    excess: str | None = None

    @property
    def too_few(self) -> bool:
        """Whether the rounds are below what OWASP asks of PBKDF2 today."""
        return self.rounds is not None and self.rounds < PBKDF2_ROUNDS


def refuse_excess(excess: str | None) -> None:
    """:raises UnsupportedError: when opening a file would cost too much, with the reason that is given."""
    if excess is not None:
        raise UnsupportedError(
            excess, hint="ask its maker for a file with fewer rounds; this much only keeps a computer busy"
        )


# These are what cryptography opens. It calls the rest malformed, in the same
# way as a wrong passphrase, so the rest is refused here by a better name.
_PRFS: Final = {
    "1.2.840.113549.2.7": "HMAC-SHA1",
    "1.2.840.113549.2.8": "HMAC-SHA224",
    "1.2.840.113549.2.9": "HMAC-SHA256",
    "1.2.840.113549.2.10": "HMAC-SHA384",
    "1.2.840.113549.2.11": "HMAC-SHA512",
}
_CIPHERS: Final = {  # each with the octets of its initialisation vector
    "2.16.840.1.101.3.4.1.2": ("AES-128-CBC", 16),
    "2.16.840.1.101.3.4.1.22": ("AES-192-CBC", 16),
    "2.16.840.1.101.3.4.1.42": ("AES-256-CBC", 16),
    "1.2.840.113549.3.7": ("3DES-CBC", 8),
}
_ONE_PIECE: Final = {
    "1.2.840.113549.1.5.3": "PBES1 with MD5, DES-CBC",
    "1.2.840.113549.1.12.1.1": "PKCS#12 PBE with SHA-1, RC4-128",
    "1.2.840.113549.1.12.1.3": "PKCS#12 PBE with SHA-1, 3DES-CBC",
    "1.2.840.113549.1.12.1.6": "PKCS#12 PBE with SHA-1, RC2-40",
}
_DIGESTS: Final = {
    "1.3.14.3.2.26": "SHA-1",
    "2.16.840.1.101.3.4.2.4": "SHA-224",
    "2.16.840.1.101.3.4.2.1": "SHA-256",
    "2.16.840.1.101.3.4.2.2": "SHA-384",
    "2.16.840.1.101.3.4.2.3": "SHA-512",
}
_PBES2: Final = "1.2.840.113549.1.5.13"
_PBKDF2: Final = "1.2.840.113549.1.5.12"
_PBMAC1: Final = "1.2.840.113549.1.5.14"
_SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"

RE_ENCRYPT: Final = "encrypt it anew with `openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000`"


def encryption_of(algorithm: Element) -> KeyEncryption:
    """What an AlgorithmIdentifier for password-based encryption says.

    :raises MalformedError: when it is damaged.
    :raises UnsupportedError: when it names something unknown here: its cost
        could not be told, so it goes no further.
    """
    name, parameters = _algorithm(algorithm)
    if name == _PBES2:
        derivation, cipher = _pair(parameters)
        known = _derivation(derivation)
        return KeyEncryption(f"PBES2 with {known.scheme}, {_cipher(cipher)}", known.rounds, known.excess)
    if name in _ONE_PIECE:
        _, rounds = _pair(parameters)
        return iterated(_ONE_PIECE[name], small_integer(rounds))
    raise UnsupportedError("an encryption of a kind that jwttool does not open", hint=RE_ENCRYPT)


def mac_of(digest_algorithm: Element, rounds: int) -> KeyEncryption:
    """What guards the integrity of a PKCS#12 file, in the same terms.

    :raises MalformedError: when it is damaged.
    :raises UnsupportedError: when it names something unknown here.
    """
    name, parameters = _algorithm(digest_algorithm)
    if name == _PBMAC1:
        derivation, _ = _pair(parameters)
        known = _derivation(derivation)
        return KeyEncryption(f"PBMAC1 with {known.scheme}", known.rounds, known.excess)
    if name not in _DIGESTS:
        raise UnsupportedError("a PKCS#12 file whose MAC is of a kind that jwttool does not know")
    return iterated(f"HMAC with {_DIGESTS[name]}", rounds)


def iterated(scheme: str, rounds: int) -> KeyEncryption:
    """A scheme that is weighed by its rounds.

    :raises MalformedError: for no rounds at all.
    """
    if rounds < 1:
        raise MalformedError("an encryption with no rounds of key derivation")
    excess = None
    if rounds > MAX_PBKDF2_ROUNDS:
        excess = f"{rounds:,} rounds of key derivation, more than the limit of {MAX_PBKDF2_ROUNDS:,}"
    return KeyEncryption(scheme, rounds, excess)


def _derivation(algorithm: Element) -> KeyEncryption:
    name, parameters = _algorithm(algorithm)
    if parameters is None or parameters.tag != Tag.SEQUENCE:
        raise MalformedError("a key derivation without its parameters")
    fields = elements(parameters.content)
    if name == _PBKDF2:
        return _pbkdf2(fields)
    if name == _SCRYPT:
        return _scrypt(fields)
    raise UnsupportedError("a key derivation of a kind that jwttool does not offer", hint=RE_ENCRYPT)


def _pbkdf2(fields: list[Element]) -> KeyEncryption:
    """RFC 8018 appendix A.2: salt, rounds, optionally a key length and the function."""
    if len(fields) < 2:
        raise MalformedError("PBKDF2 without its parameters")
    prf = "HMAC-SHA1"  # the default of the standard
    if fields[-1].tag == Tag.SEQUENCE and len(fields) > 2:
        name, _ = _algorithm(fields[-1])
        if name not in _PRFS:
            raise UnsupportedError("PBKDF2 with a function that jwttool does not offer", hint=RE_ENCRYPT)
        prf = _PRFS[name]
    return iterated(f"PBKDF2-{prf}", small_integer(fields[1]))


def _scrypt(fields: list[Element]) -> KeyEncryption:
    """RFC 7914 section 7: salt, N, r, p, optionally a key length."""
    if len(fields) < 4:
        raise MalformedError("scrypt without its parameters")
    cost, block, parallel = map(small_integer, fields[1:4])
    memory = 128 * cost * block
    excess = None
    if memory > MAX_SCRYPT_MEMORY:
        excess = f"scrypt with {memory:,} bytes of memory, more than the limit of {MAX_SCRYPT_MEMORY:,}"
    elif parallel > MAX_SCRYPT_PARALLEL:
        excess = f"scrypt with p = {parallel:,}, more than the limit of {MAX_SCRYPT_PARALLEL}"
    return KeyEncryption(f"scrypt (N={cost}, r={block}, p={parallel})", None, excess)


def _cipher(algorithm: Element) -> str:
    name, vector = _algorithm(algorithm)
    if name not in _CIPHERS:
        raise UnsupportedError("an encryption with a cipher that jwttool does not offer", hint=RE_ENCRYPT)
    cipher, length = _CIPHERS[name]
    # A shorter one makes cryptography panic, which prints a Rust backtrace.
    if vector is None or len(octets(vector)) != length:
        raise MalformedError("an encryption whose initialisation vector has the wrong length")
    return cipher


def _algorithm(element: Element) -> tuple[str, Element | None]:
    """AlgorithmIdentifier: a name, and parameters that may be absent (RFC 5280 section 4.1.1.2)."""
    if element.tag != Tag.SEQUENCE:
        raise MalformedError("no algorithm where one belongs")
    parts = elements(element.content)
    if not 1 <= len(parts) <= 2:
        raise MalformedError("no algorithm where one belongs")
    return oid(parts[0]), parts[1] if len(parts) == 2 else None


def _pair(element: Element | None) -> tuple[Element, Element]:
    if element is None or element.tag != Tag.SEQUENCE:
        raise MalformedError("an encryption without its parameters")
    parts = elements(element.content)
    if len(parts) != 2:
        raise MalformedError("an encryption without its parameters")
    return parts[0], parts[1]
