"""The form of a token: its parts, its header, its type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.signed import form as signed
from jwttool.checks.token.view import HEADER, media_type
from jwttool.encoding import b64url_decode, shown
from jwttool.errors import Base64urlError
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
    if "(JWE)" in fault:
        hint = (
            "it is encrypted: `jwttool token decrypt` with --verify-with opens it and verifies what is inside"
        )
    else:
        hint = "give the token as it was issued, in one piece"
    return Finding(fault, hint)


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
    """
    if view.header.get("b64", True) is not False:
        return None
    return Finding("b64 is false: the payload is not base64url, so it is no JWT", None, "header.b64")


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

crit = rule(
    "token-crit",
    ERROR,
    "no critical extensions",
    "RFC 7515 section 4.1.11; RFC 7797 section 7",
    needs=(HEADER,),
)(signed.crit)

key_header = rule(
    "token-key-header",
    WARNING,
    "the header embeds no key and names no key URL",
    "RFC 8725 sections 3.5 and 3.10; RFC 7515 sections 4.1.2 to 4.1.6",
    needs=(HEADER,),
    hint="never take a key from a token: the issuer's keys come from the issuer",
)(signed.key_header)


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


_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
"""Members that only private and symmetric keys have (RFC 7518 sections 6.2.2, 6.3.2 and 6.4)."""


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
    return isinstance(key, dict) and not key.keys().isdisjoint(_PRIVATE)
