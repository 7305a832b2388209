"""The parts of a signed token: strict JSON, no extensions, no keys of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from jwttool.checks.rule import Finding, Outcome, Unjudged
from jwttool.encoding import json_type

if TYPE_CHECKING:
    from jwttool.checks.signed.view import Signed


def header(view: Signed) -> Outcome:
    """The header is UTF-8 JSON, an object, with every name once, and no deeper than any honest one.

    Where two parsers can read one header differently, one may verify what the
    other does not see. Mint with a JOSE library; don't assemble JSON by hand.
    """
    return _json_fault(view, "header")


def claims(view: Signed) -> Outcome:
    """The claims are UTF-8 JSON, an object, with every name once, integers up to 2^53, no NaN.

    As for the header: a claim that two parsers read differently is a hole.
    """
    return _json_fault(view, "claims")


def _json_fault(view: Signed, part: Literal["header", "claims"]) -> Outcome:
    fault = view.token.faults.get(part)
    if fault is not None:
        return Finding(
            f"the {part} part is not the strict JSON of a token: {fault}",
            "mint with a JOSE library; don't put JSON together by hand",
            part,
        )
    if part in view.token.undecoded:
        return Unjudged(f"not judged, because {view.noun}-form did not pass")
    return None


def crit(view: Signed) -> Outcome:
    """No ``crit`` and no ``b64``, and in an assertion no ``zip``: nothing that a server must know of.

    A server must refuse a ``crit`` that it doesn't understand, ``b64:false``
    changes what the signature covers, and compression is for encrypted tokens.
    Leave them out.
    """
    for name in view.extensions:
        if name in view.header:
            return Finding(
                f"the header has {name}, which no {view.noun} needs", f"leave {name} out", f"header.{name}"
            )
    return None


_KEY_HEADERS: Final = ("jwk", "jku", "x5u", "x5c")


def key_header(view: Signed, names: tuple[str, ...] = _KEY_HEADERS) -> Outcome:
    """``jwk``, ``jku``, ``x5u`` and ``x5c`` are never used to choose a key.

    Whoever makes a token can put any key into it. jwttool ignores these members
    and fetches nothing; who verifies knows the key from elsewhere: from the
    onboarding, or from the issuer. Leave them out, so that nobody is tempted.
    """
    if view.header.keys().isdisjoint(names):
        return None
    found = [name for name in names if name in view.header]
    said = " and ".join(found)
    return Finding(
        f"the header has {said}, which nothing here uses", f"leave {said} out", f"header.{found[0]}"
    )


def not_a_text(name: str, value: object) -> str | None:
    """What is wrong with a claim that RFC 7519 wants as one string, compared exactly; None for nothing."""
    if isinstance(value, str) and value:
        return None
    what = "an empty string" if value == "" else json_type(value)
    return f"{name} is {what}, not a string with something in it"
