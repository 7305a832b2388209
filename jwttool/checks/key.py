"""The rules about keys: the public half, the private half, and the file that it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, Rule, RuleSet, Unjudged, rule
from jwttool.keys import PBKDF2_ROUNDS, check_consistency, is_rsa, weaknesses
from jwttool.keys.pbe import RE_ENCRYPT
from jwttool.report import Report, Severity

if TYPE_CHECKING:
    from jwttool.keys import KeyEncryption, PrivateKey, PublicKey

_BUNDLE_HINT: Final = (
    "PKCS#12 files are made so: let the passphrase be long and random (`openssl rand -base64 24`)"
)
_NEW_BUNDLE: Final = "make it anew with `jwttool cert bundle`, which takes AES-256"
_NEW_KEY: Final = "make a new key with `jwttool key generate`"


@dataclass(frozen=True, slots=True)
class KeyView:
    """What the rules look at: a key as it was found.

    ``mode`` are the permission bits of its file, None where there is no file.
    """

    public_key: PublicKey
    private_key: PrivateKey | None = None
    encryption: KeyEncryption | None = None
    mode: int | None = None


def judge_key(view: KeyView) -> Report:
    """All that can be said against a key; a private one is also examined as such, which takes a while."""
    public = RSA_RULES if is_rsa(view.public_key) else EC_RULES
    private = PRIVATE_RULES if view.private_key is not None else ()
    return Report(RuleSet((*public, *private)).run(view))


def _weakness(view: KeyView, rule_id: str) -> Outcome:
    """The finding of the test of that name in :mod:`jwttool.keys.weakness`, if it has one."""
    for found in weaknesses(view.public_key):
        if found.id == rule_id:
            return Finding(found.message, found.hint, severity=found.severity)
    return None


# --- the public half ----------------------------------------------------------


@rule(
    "key-size",
    Severity.ERROR,
    "the RSA key has at least 2048 bits",
    "RFC 7518 section 3.3; NIST SP 800-131A",
)
def key_size(view: KeyView) -> Outcome:
    """RSA keys below 2048 bits are within reach of those who can afford it.

    Make a new key; OP asks for 4096 bits.
    """
    return _weakness(view, "key-size")


@rule(
    "key-exponent",
    Severity.ERROR,
    "the public exponent is 65537, or another that signs safely",
    "FIPS 186-5 appendix A.1.1; RFC 8017 section 3.1",
)
def key_exponent(view: KeyView) -> Outcome:
    """An even exponent, or one below 3, signs nothing; small ones have been exploited, so they warn.

    Everybody uses 65537, and some programs take no other. Make a new key.
    """
    return _weakness(view, "key-exponent")


@rule("key-modulus-even", Severity.ERROR, "the modulus is odd", "RFC 8017 section 3.1")
def key_modulus_even(view: KeyView) -> Outcome:
    """A modulus is the product of odd primes; an even one is damaged, and anybody can factor it.

    Make a new key, and ask what made this one.
    """
    return _weakness(view, "key-modulus-even")


@rule("key-roca", Severity.ERROR, "the key was not made by the library with the ROCA fault", "CVE-2017-15361")
def key_roca(view: KeyView) -> Outcome:
    """Certain chips made primes of a form that shows in the modulus; their keys can be factored.

    Revoke the certificate, and make a new key with other software or hardware.
    """
    return _weakness(view, "key-roca")


@rule("key-curve", Severity.ERROR, "the curve is P-256", "RFC 7518 section 3.4")
def key_curve(view: KeyView) -> Outcome:
    """ES256, the only elliptic-curve algorithm here, works with P-256 alone.

    Make a new key with `jwttool key generate --type ec`.
    """
    return _weakness(view, "key-curve")


# --- the private half ---------------------------------------------------------


@rule(
    "key-consistency",
    Severity.ERROR,
    "the private key's parts fit together, and it verifies what it signs",
    "RFC 8017 section 3.2; FIPS 186-5 appendix A.1",
)
def key_consistency(view: KeyView) -> Outcome:
    """A private key with a damaged part can give itself away with its first signature.

    The factors are tested for being primes, and a signature is made and verified. Restore the key from
    where it was made, or make a new one.
    """
    if view.private_key is None:
        return Unjudged("there is no private key")
    if check_consistency(view.private_key):
        return None
    return Finding(
        "the parts of the private key do not fit together: it is damaged or tampered with",
        f"do not sign with it; restore it from where it was made, or {_NEW_KEY}",
    )


@rule(
    "key-encryption",
    Severity.WARNING,
    f"the file is encrypted by today's means, with {PBKDF2_ROUNDS:,} rounds or what is worth as much",
    "OWASP Password Storage Cheat Sheet; NIST SP 800-57 part 1 section 6.2.2.3; NIST SP 800-131A",
)
def key_encryption(view: KeyView) -> Outcome:
    """Whoever gets a copy of an unencrypted key file, or of a backup of it, is you.

    Few rounds make a passphrase cheap to guess: openssl's own default is 2048. What older programs wrote
    (DES, 3DES, RC2, RC4, a key made with MD5) is weaker than that, whatever the rounds. An unencrypted
    key may be right where a machine has to start without a person; then the file's mode and place are
    all there is.
    """
    if view.encryption is None:
        return Finding(
            "the private key is not encrypted: whoever reads the file has the key",
            RE_ENCRYPT.replace("encrypt it anew", "encrypt it"),
        )
    encryption = view.encryption
    if encryption.outdated:
        return Finding(
            f"the encryption is of a kind that nobody should use any more: {encryption.scheme}",
            _NEW_BUNDLE if encryption.in_pkcs12 else RE_ENCRYPT,
        )
    if encryption.too_few:
        return Finding(
            f"the passphrase is guarded by {encryption.cost}; {PBKDF2_ROUNDS:,} is today's least",
            _BUNDLE_HINT if encryption.in_pkcs12 else RE_ENCRYPT,
        )
    return None


@rule(
    "key-file-mode",
    Severity.WARNING,
    "only its owner can read the file",
    "NIST SP 800-57 part 1 section 6.2.2.3",
)
def key_file_mode(view: KeyView) -> Outcome:
    """A key that the group or others can read is a key that they can take.

    `chmod 600`. It is a warning and no error, because containers mount secrets with mode 0444.
    """
    if view.mode is None:
        return Unjudged("the key did not come from a file")
    if view.mode & 0o077:
        return Finding(f"the file can be read by other users (mode {view.mode:04o})", "chmod 600 FILE")
    return None


RSA_RULES: Final[tuple[Rule[KeyView], ...]] = (key_size, key_exponent, key_modulus_even, key_roca)
EC_RULES: Final[tuple[Rule[KeyView], ...]] = (key_curve,)
PRIVATE_RULES: Final[tuple[Rule[KeyView], ...]] = (key_consistency, key_encryption, key_file_mode)
KEY_RULES: Final = (*RSA_RULES, *EC_RULES, *PRIVATE_RULES)
