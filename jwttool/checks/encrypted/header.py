"""The form of an encrypted token, and what its header says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.encrypted.view import HEADER, IN_ONE_PIECE, undecoded
from jwttool.checks.kid import suspicious_kid
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.encoding import json_type, printable, shown
from jwttool.jose.jwe_algorithms import (
    CONTENT_ALGORITHMS,
    DECRYPTION_ALGORITHMS,
    Family,
    content_algorithm,
    key_algorithm,
)
from jwttool.keys.private_members import PRIVATE_MEMBERS
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.encrypted.view import EncryptedView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
NOTE: Final = Severity.NOTE


@rule("jwe-form", ERROR, "a compact encrypted token of five base64url parts", "RFC 7516 section 7.1")
def form(view: EncryptedView) -> Outcome:
    """An encrypted token has five parts in strict base64url: no padding, no spare bits, no white space.

    A part that is cut or changed by copying makes the token useless: the tag
    covers all of it. Copy it again, in one piece.
    """
    fault = view.token.faults.get("form")
    return Finding(fault, IN_ONE_PIECE) if fault else None


@rule(HEADER, ERROR, "the header is one strict JSON object", "RFC 7516 sections 4 and 11.2")
def header(view: EncryptedView) -> Outcome:
    """The header is UTF-8 JSON, an object, with every name once, and no deeper than any honest one.

    Where two parsers can read one header differently, they may use different
    algorithms or keys. Who makes the token should use a JOSE library.
    """
    fault = view.token.faults.get("header")
    if fault is not None:
        return Finding(
            f"the header part is not the strict JSON of a token: {fault}",
            "encrypt with a JOSE library; don't put JSON together by hand",
            "header",
        )
    return undecoded(view, "header")


@rule(
    "jwe-alg",
    ERROR,
    "alg brings the content key to the recipient in a sound way",
    "RFC 7518 section 4.1; RFC 8725 section 3.2",
    needs=(HEADER,),
)
def alg(view: EncryptedView) -> Outcome:
    """RSA-OAEP or ECDH-ES: the public key encrypts, and the private key alone decrypts.

    RSA1_5 is an error: a server that tells a bad padding from another failure
    lets anybody decrypt by asking it often enough. With PBES2 a password
    protects the token, and its sender decides how long a recipient computes.
    Algorithms with a shared key are sound, and not for tokens that cross between
    companies. Ask the sender for RSA-OAEP-256 or ECDH-ES.
    """
    value = view.header.get("alg")
    known = key_algorithm(value)
    where, offered = "header.alg", f"ask the sender for one of {', '.join(DECRYPTION_ALGORITHMS)}"
    if known is None:
        said = f"{shown(value)}, which is no algorithm of encrypted tokens"
        return Finding(f"alg is {said if 'alg' in view.header else 'missing'}", offered, where)
    if known.refused is None:
        return None
    severity = ERROR if known.name == "RSA1_5" else WARNING if known.family is Family.PASSWORD else NOTE
    return Finding(f"alg is {known.name}: {_why(known.refused, view)}", offered, where, severity)


def _why(refused: str, view: EncryptedView) -> str:
    # The sender's choice, in the header, is what makes PBES2 costly (RFC 7518 section 4.8.1.2).
    rounds = view.header.get("p2c")
    asked = isinstance(rounds, int) and not isinstance(rounds, bool)
    return f"{refused} (here {rounds:,} rounds)" if asked else refused


@rule("jwe-enc", ERROR, "enc is an authenticated encryption of JOSE", "RFC 7518 section 5.1", needs=(HEADER,))
def enc(view: EncryptedView) -> Outcome:
    """The content is encrypted by AES with a tag over all of it: CBC with HMAC, or GCM.

    There are six of these, and each is sound. Another name is a mistake of
    whoever made the token, or a system of its own.
    """
    value = view.header.get("enc")
    if content_algorithm(value) is not None:
        return None
    return Finding(
        f"enc is {shown(value)}" if "enc" in view.header else "enc is missing",
        f"registered are {', '.join(CONTENT_ALGORITHMS)}",
        "header.enc",
    )


@rule(
    "jwe-zip",
    WARNING,
    "the content is not compressed",
    "RFC 8725 section 3.6; RFC 7516 section 4.1.3; draft-ietf-oauth-rfc8725bis",
    needs=(HEADER,),
)
def zip_header(view: EncryptedView) -> Outcome:
    """Compression before encryption gives secrets away by the length, and a small token can hold a bomb.

    `jwttool token decrypt` inflates only with --allow-zip, and only so much. Ask
    the sender to leave ``zip`` out: a token is short.
    """
    if "zip" not in view.header:
        return None
    value = view.header["zip"]
    if value == "DEF":
        return Finding("the content is compressed (zip)", "ask the sender to leave zip out", "header.zip")
    return Finding(
        f"zip is {shown(value)}, which is no compression of JOSE", "leave zip out", "header.zip", ERROR
    )


@rule("jwe-crit", ERROR, "no critical extensions", "RFC 7516 section 4.1.13", needs=(HEADER,))
def crit(view: EncryptedView) -> Outcome:
    """No ``crit``: it names extensions without which the token must not be read, and jwttool knows none.

    A recipient has to refuse what it does not understand. Ask the sender what
    the extension is for, and to leave it out.
    """
    if "crit" not in view.header:
        return None
    value = view.header["crit"]
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        names = ", ".join(printable(name, 40) for name in value[:5])
        said = f"crit names {names}, which jwttool does not know"
    else:
        said = f"crit is {'an empty list' if value == [] else json_type(value)}, not a list of names"
    return Finding(said, "ask the sender to leave crit out", "header.crit")


@rule(
    "jwe-key-header",
    WARNING,
    "the header embeds no key and names no key URL",
    "RFC 7516 sections 4.1.4 to 4.1.8; RFC 8725 section 3.10",
    needs=(HEADER,),
)
def key_header(view: EncryptedView) -> Outcome:
    """``jwk``, ``jku``, ``x5u`` and ``x5c`` only say which public key was encrypted to.

    ``kid`` says it in fewer words. Nothing is fetched from an address in a
    token, since whoever made the token chose it. A private key in a header is an
    error: everybody who saw the token has it.
    """
    found = [name for name in ("jwk", "jku", "x5u", "x5c") if name in view.header]
    if not found:
        return None
    jwk = view.header.get("jwk")
    if isinstance(jwk, dict) and not PRIVATE_MEMBERS.isdisjoint(jwk):
        return Finding(
            "the header has a private or secret key (jwk)",
            "the key is known to everybody who saw the token: replace it everywhere",
            "header.jwk",
            ERROR,
        )
    names = " and ".join(found)
    return Finding(
        f"the header has {names}, which nothing here uses", f"leave {names} out", f"header.{found[0]}"
    )


@rule(
    "jwe-kid",
    ERROR,
    "kid, where there is one, is a plain name",
    "RFC 7516 section 4.1.6; RFC 8725 section 3.10",
    needs=(HEADER,),
)
def kid(view: EncryptedView) -> Outcome:
    """A kid is compared with the names of keys, and goes nowhere else.

    A path, an address, quotes or invisible characters in it are what an attack
    on a careless recipient looks like. Name the key by plain letters and digits.
    """
    return suspicious_kid(view.header["kid"]) if "kid" in view.header else None
