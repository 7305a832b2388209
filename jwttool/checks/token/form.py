"""The form of a token: its parts, its header, its type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.signed import form as signed
from jwttool.checks.token.kinds import DPOP_LENGTHS, is_dpop_proof
from jwttool.checks.token.view import HEADER, media_type
from jwttool.encoding import b64url_decode, json_type, shown
from jwttool.errors import Base64urlError
from jwttool.keys.private_members import PRIVATE_MEMBERS
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.token.view import TokenView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
NOTE: Final = Severity.NOTE


@rule(
    "token-form",
    ERROR,
    "a compact signed token of three base64url parts",
    "RFC 7515 sections 2 and 7.1",
)
def form(view: TokenView) -> Outcome:
    """A signed token in compact form has three parts, strict base64url, no padding, no spare bits.

    Lenient decoding gives one token several spellings. Give the token exactly
    as it was issued; line breaks and quotes come from copying. One of five parts
    is encrypted: what says who issued it is inside, so decrypt it first.
    """
    fault = view.token.faults.get("form")
    if fault is None:
        return None
    return Finding(fault, next((hint for words, hint in _HINTS if words in fault), _AS_ISSUED))


_AS_ISSUED: Final = "give the token as it was issued, in one piece"
_HINTS: Final = (
    (
        "(JWE)",
        "it is encrypted: `jwttool token decrypt` with --verify-with opens it and verifies what is inside",
    ),
    ("(SD-JWT)", "only the part before the first ~ can be verified here: give that alone"),
    ("quotes", "take the quotes away: they come from JSON or a shell, and are no part of the token"),
    ("Bearer", "give the token alone"),
    ("folded", "put it on one line: `tr -d '[:space:]' < token.txt | jwttool token verify - ...`"),
)
"""What to do, by words of the fault."""


header = rule(
    "token-header",
    ERROR,
    "the header is one strict JSON object",
    "RFC 7515 sections 4 and 10.12",
)(signed.header)


@rule(
    "token-b64",
    NOTE,
    "the payload is encoded, as in every JWT",
    "RFC 7797 sections 3 and 7",
    needs=(HEADER,),
)
def b64(view: TokenView) -> Outcome:
    """With ``b64: false`` the payload stands in the token as it is, and the signature covers just that.

    No JWT may do so. Who verifies has to know of it, so ``crit`` must name it.
    An empty payload is detached: it travels beside the token, as it is.
    """
    value = view.header.get("b64", True)
    if value is True:
        return None
    if value is not False:
        return Finding(
            f"b64 is {json_type(value)}, not true or false", "leave b64 out", "header.b64", severity=ERROR
        )
    if view.token.signing_input.endswith(b"."):
        where_it_is = "is detached: it travels beside the token, unencoded"
    else:
        where_it_is = "stands in the token unencoded, not in base64url"
    return Finding(f"b64 is false: the payload {where_it_is}, so it is no JWT", None, "header.b64")


_OBJECT: Final = re.compile(rb"[ \t\r\n\0\xef\xbb\xbf\xff\xfe]*+\{")
"""How an object begins, also in UTF-16 and after a byte order mark: faults that token-claims tells."""


@rule(
    "token-jwt",
    NOTE,
    "the payload is meant to be the claims of a JWT",
    "RFC 7519 section 7.2; RFC 7515 appendix F",
)
def jwt(view: TokenView) -> Outcome:
    """A signed token is a JWT if its payload is a JSON object; it may sign anything else.

    An empty payload is detached: it travels beside the token, and the signature
    covers it all the same. A payload may also be another token.
    """
    if "b64" in view.header and view.header["b64"] is False:
        return Unjudged("not judged, because token-b64 did not pass")
    if "claims" not in view.token.faults:
        return None
    payload = _payload(view.token.signing_input)
    if not payload:
        return Finding("the payload is detached: it is not in the token", None, "claims")
    if _OBJECT.match(payload):
        return None  # what is wrong with it is told by token-claims
    return Finding("a signed token (JWS), but no JWT: the payload is no JSON object", None, "claims")


def _payload(signing_input: bytes) -> bytes:
    try:
        return b64url_decode(signing_input.partition(b".")[2])
    except Base64urlError:
        return b""


claims = rule(
    "token-claims",
    ERROR,
    "the claims are one strict JSON object",
    "RFC 7519 sections 4 and 7.2",
    # Only an inspection has it; in a verification a payload without claims is a failure of this rule.
    needs=("token-jwt",),
)(signed.claims)


@rule(
    "token-crit",
    ERROR,
    "no critical extensions",
    "RFC 7515 section 4.1.11; RFC 7797 sections 6 and 7",
    needs=(HEADER,),
)
def crit(view: TokenView) -> Outcome:
    """No ``crit`` and no ``b64``: nothing that a server must know of, as no JWT needs any of it.

    A server must refuse a ``crit`` that it doesn't understand, and ``b64: false``
    changes what the signature covers. A signed token that is no JWT may have
    ``b64``, and then ``crit`` has to name it; an inspection lets that pass.
    """
    if "crit" not in view.header and "b64" not in view.header:
        return None
    if view.key.keys:  # a verification understands no extension, so it refuses every one
        return signed.crit(view)
    if "b64" in view.header:
        if "crit" not in view.header:
            return Finding(
                "the header has b64, and no crit that names it",
                'with b64, crit has to be ["b64"] (RFC 7797 section 6); a JWT has neither',
                "header.b64",
            )
        if view.header["crit"] == ["b64"]:
            return None
    return signed.crit(view)


@rule(
    "token-key-header",
    WARNING,
    "the header embeds no key and names no key URL",
    "RFC 8725 section 3.10; RFC 7515 sections 4.1.2 to 4.1.6",
    needs=(HEADER,),
    hint="never take a key from a token: the issuer's keys come from the issuer",
)
def key_header(view: TokenView) -> Outcome:
    """``jwk``, ``jku``, ``x5u`` and ``x5c`` are never used to choose a key.

    Whoever makes a token can put any key into it. jwttool ignores these members
    and fetches nothing; who verifies knows the key from elsewhere: from the
    onboarding, or from the issuer. Leave them out, so that nobody is tempted. A
    DPoP proof alone has to have ``jwk``: the key that it proves (RFC 9449 section 4.2).
    """
    if "jwk" in view.header and is_dpop_proof(view.header):
        return signed.key_header(view, ("jku", "x5u", "x5c"))
    return signed.key_header(view)


_PROOF_CLAIMS: Final = ("jti", "htm", "htu", "iat")


@rule(
    "token-dpop",
    ERROR,
    "a DPoP proof has its key, and what it is for",
    "RFC 9449 section 4.2",
    needs=("token-claims",),
)
def dpop(view: TokenView) -> Outcome:
    """A proof of possession has the public key in its header, as ``jwk``, and is for one request.

    That is ``jti``, ``htm`` (the method), ``htu`` (the URL) and ``iat``. It has no ``exp``.
    """
    # The length first: every token is asked this, and hardly one is such a proof.
    typ = view.header.get("typ")
    if not isinstance(typ, str) or len(typ) not in DPOP_LENGTHS or not is_dpop_proof(view.header):
        return None
    if not isinstance(view.header.get("jwk"), dict):
        fault = "jwk is no key" if "jwk" in view.header else "jwk is missing"
        return Finding(
            f"{fault}: a DPoP proof has its public key in the header", "put it there as jwk", "header.jwk"
        )
    missing = [name for name in _PROOF_CLAIMS if name not in view.claims]
    if not missing:
        return None
    return Finding(
        f"{' and '.join(missing)} missing in a DPoP proof",
        "a proof is made for each request: jti, htm (the method), htu (the URL) and iat",
        f"claims.{missing[0]}",
    )


@rule(
    "token-typ",
    ERROR,
    "typ is the one that was expected",
    "RFC 8725 section 3.11; RFC 7515 section 4.1.9",
    needs=(HEADER,),
)
def typ(view: TokenView) -> Outcome:
    """A type tells one kind of token from another, so that an ID token cannot pass as an access token.

    Compared as media types are: without regard to case, and with or without
    ``application/`` before it. Name the type that the issuer gives (``--typ``).
    """
    wanted = view.expected.type
    if wanted is None:
        return Unjudged("no typ was expected, so it was compared with nothing")
    if "typ" not in view.header:
        return Finding("typ is missing", f"expected is {wanted}", "header.typ")
    value = view.header["typ"]
    if isinstance(value, str) and media_type(value) == wanted:
        return None
    return Finding(
        f"typ is {shown(value)}, not {shown(wanted)}", "is it another kind of token?", "header.typ"
    )


@rule(
    "token-zip-header",
    WARNING,
    "no zip in the header",
    "RFC 7516 section 4.1.3; RFC 7515 section 4",
    needs=(HEADER,),
)
def zip_header(view: TokenView) -> Outcome:
    """``zip`` belongs to encrypted tokens; in a signed one most libraries pass over it, and some inflate.

    Two that read one token differently are a hole. The issuer has to leave it out.
    """
    if "zip" not in view.header:
        return None
    return Finding("the header of a signed token has zip", "the issuer has to leave it out", "header.zip")


@rule(
    "token-private-key",
    ERROR,
    "no private key is in the token",
    "RFC 7515 section 4.1.3; RFC 7800 section 3.2; RFC 7518 sections 6.2.2 and 6.3.2",
    needs=(HEADER,),
)
def private_key(view: TokenView) -> Outcome:
    """A ``jwk`` in the header, or in ``cnf``, is a public key; with its private part everybody has the key.

    The key is burnt: replace it, and tell whoever made the token.
    """
    cnf = view.claims.get("cnf")
    if cnf is None and "jwk" not in view.header:
        return None
    bound = cnf.get("jwk") if isinstance(cnf, dict) else None
    for key, where in ((view.header.get("jwk"), "header.jwk"), (bound, "claims.cnf.jwk")):
        if _is_private(key):
            return Finding(
                "a private or symmetric key is in the token, for everybody to read",
                "the key is burnt: replace it, and tell whoever made the token",
                where,
            )
    return None


def _is_private(key: Any) -> bool:
    return isinstance(key, dict) and not key.keys().isdisjoint(PRIVATE_MEMBERS)
