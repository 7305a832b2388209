"""What a file says of its password-based encryption, before any passphrase is tried.

Read from the parameters that stand in the clear: RFC 8018 for PBES1 and PBES2,
RFC 7914 for scrypt, RFC 7292 appendix C for PKCS#12, RFC 9579 for PBMAC1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from jwttool.errors import MalformedError, UnsupportedError
from jwttool.keys import structures
from jwttool.keys.pbe import (
    MAX_PBKDF2_ROUNDS,
    MAX_SCRYPT_MEMORY,
    MAX_SCRYPT_PARALLEL,
    RE_ENCRYPT,
    KeyEncryption,
)

# These are what cryptography opens. It calls the rest malformed, in the same
# way as a wrong passphrase, so the rest is refused here by a better name.
_FUNCTIONS: Final = {
    "1.2.840.113549.2.7": "HMAC-SHA1",
    "1.2.840.113549.2.8": "HMAC-SHA224",
    "1.2.840.113549.2.9": "HMAC-SHA256",
    "1.2.840.113549.2.10": "HMAC-SHA384",
    "1.2.840.113549.2.11": "HMAC-SHA512",
}
_TRIPLE_DES: Final = "3DES-CBC"
_CIPHERS: Final = {  # each with the octets of its initialisation vector
    "2.16.840.1.101.3.4.1.2": ("AES-128-CBC", 16),
    "2.16.840.1.101.3.4.1.22": ("AES-192-CBC", 16),
    "2.16.840.1.101.3.4.1.42": ("AES-256-CBC", 16),
    "1.2.840.113549.3.7": (_TRIPLE_DES, 8),
}
_ONE_PIECE: Final = {  # all of them outdated: MD5, and ciphers that NIST SP 800-131A disallows
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
_PBMAC1: Final = "1.2.840.113549.1.5.14"
_SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"

_LARGEST_COUNT: Final = 2**63
"""A number beyond it counts nothing, and would be long to print."""


def encryption_of(algorithm: structures.Algorithm) -> KeyEncryption:
    """What an AlgorithmIdentifier for password-based encryption says.

    :raises MalformedError: when it is damaged.
    :raises UnsupportedError: when it names something unknown here: its cost
        could not be told, so it goes no further.
    """
    if algorithm.oid == structures.PBES2:
        used = structures.parse(structures.DerivedKey, algorithm.parameters, _damaged())
        known = _derivation(used.derivation)
        cipher = _cipher(used.user)
        scheme = f"PBES2 with {known.scheme}, {cipher}"
        return KeyEncryption(scheme, known.rounds, known.excess, outdated=cipher == _TRIPLE_DES)
    name = algorithm.oid.dotted_string
    if name in _ONE_PIECE:
        rounds = structures.parse(structures.Pbe, algorithm.parameters, _damaged()).rounds
        return replace(_iterated(_ONE_PIECE[name], rounds), outdated=True)
    raise UnsupportedError("an encryption of a kind that jwttool does not open", hint=RE_ENCRYPT)


def mac_of(algorithm: structures.Algorithm, rounds: int) -> KeyEncryption:
    """What guards the integrity of a PKCS#12 file, in the same terms.

    :raises MalformedError: when it is damaged.
    :raises UnsupportedError: when it names something unknown here.
    """
    name = algorithm.oid.dotted_string
    if name == _PBMAC1:
        used = structures.parse(structures.DerivedKey, algorithm.parameters, _damaged())
        known = _derivation(used.derivation)
        return KeyEncryption(f"PBMAC1 with {known.scheme}", known.rounds, known.excess)
    if name not in _DIGESTS:
        raise UnsupportedError("a PKCS#12 file whose MAC is of a kind that jwttool does not know")
    return _iterated(f"HMAC with {_DIGESTS[name]}", rounds)


def _damaged() -> MalformedError:
    return MalformedError("an encryption whose parameters are damaged")


def _count(number: int) -> int:
    if not 0 < number < _LARGEST_COUNT:
        raise MalformedError("an encryption whose cost is out of all reason")
    return number


def _iterated(scheme: str, rounds: int) -> KeyEncryption:
    """A scheme that is weighed by its rounds."""
    excess = None
    if _count(rounds) > MAX_PBKDF2_ROUNDS:
        excess = f"{rounds:,} rounds of key derivation, more than the limit of {MAX_PBKDF2_ROUNDS:,}"
    return KeyEncryption(scheme, rounds, excess)


def _derivation(algorithm: structures.Algorithm) -> KeyEncryption:
    if algorithm.oid == structures.PBKDF2:
        return _pbkdf2(structures.parse(structures.Pbkdf2, algorithm.parameters, _damaged()))
    if algorithm.oid.dotted_string == _SCRYPT:
        return _scrypt(structures.parse(structures.Scrypt, algorithm.parameters, _damaged()))
    raise UnsupportedError("a key derivation of a kind that jwttool does not offer", hint=RE_ENCRYPT)


def _pbkdf2(parameters: structures.Pbkdf2) -> KeyEncryption:
    function = "HMAC-SHA1"  # the default of RFC 8018 appendix A.2
    if parameters.function is not None:
        name = parameters.function.oid.dotted_string
        if name not in _FUNCTIONS:
            raise UnsupportedError("PBKDF2 with a function that jwttool does not offer", hint=RE_ENCRYPT)
        function = _FUNCTIONS[name]
    return _iterated(f"PBKDF2-{function}", parameters.rounds)


def _scrypt(parameters: structures.Scrypt) -> KeyEncryption:
    cost, block, parallel = map(_count, (parameters.cost, parameters.block, parameters.parallel))
    memory = 128 * cost * block
    excess = None
    if memory > MAX_SCRYPT_MEMORY:
        excess = f"scrypt with {memory:,} bytes of memory, more than the limit of {MAX_SCRYPT_MEMORY:,}"
    elif parallel > MAX_SCRYPT_PARALLEL:
        excess = f"scrypt with p = {parallel:,}, more than the limit of {MAX_SCRYPT_PARALLEL}"
    return KeyEncryption(f"scrypt (N={cost}, r={block}, p={parallel})", None, excess)


def _cipher(algorithm: structures.Algorithm) -> str:
    name = algorithm.oid.dotted_string
    if name not in _CIPHERS:
        raise UnsupportedError("an encryption with a cipher that jwttool does not offer", hint=RE_ENCRYPT)
    cipher, length = _CIPHERS[name]
    fault = MalformedError("an encryption whose initialisation vector has the wrong length")
    # Another length makes cryptography panic, which prints a Rust backtrace.
    if len(structures.parse(bytes, algorithm.parameters, fault)) != length:
        raise fault
    return cipher
