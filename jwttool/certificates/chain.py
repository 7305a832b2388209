"""Which certificates stand above another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.certificates.access import issuer_name, subject, subject_name
from jwttool.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography import x509


def issuers_above(leaf: x509.Certificate, others: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Those that can be reached from the leaf, from issuer to issuer; each once, in their order.

    The link is the name alone (RFC 5280 section 6.1: the issuer of one is the
    subject of the next). Several may have the name, as cross-certificates do.
    """
    candidates = [each for each in dict.fromkeys(others) if each != leaf]
    by_name: dict[x509.Name, list[x509.Certificate]] = {}
    for each in candidates:
        by_name.setdefault(subject_name(each), []).append(each)
    above: set[x509.Certificate] = set()
    wanted = [issuer_name(leaf)]
    while wanted:
        found = by_name.pop(wanted.pop(), [])
        above.update(found)
        wanted.extend(issuer_name(each) for each in found)
    return tuple(each for each in candidates if each in above)


def refuse_strangers(leaf: x509.Certificate, others: Iterable[x509.Certificate]) -> None:
    """Refuse what is no part of the leaf's chain: whoever gets it could take it for one.

    :raises RefusedError: naming the certificates that did not issue the leaf, nor any above it.
    """
    everything = tuple(others)
    above = issuers_above(leaf, everything)
    strangers = [each for each in dict.fromkeys(everything) if each != leaf and each not in above]
    if strangers:
        named = "; ".join(subject(each) for each in strangers[:_NAMED])
        more = f" and {len(strangers) - _NAMED} more" if len(strangers) > _NAMED else ""
        raise RefusedError(
            f"not in the chain of {subject(leaf)}: {named}{more}",
            hint="give only the certificates of the CA that issued it, and of those above that",
        )


_NAMED = 3
