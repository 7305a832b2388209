"""What a probe of a TLS server saw, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.certificates.access import issuer_name, rfc4514
from jwttool.certificates.describe import Collector
from jwttool.checks.tls import alerts
from jwttool.checks.tls.seen import Demand
from jwttool.render.chains import chain_json, chain_tree
from jwttool.render.document import Document, Role, Span
from jwttool.render.report import checks_json, report_document

if TYPE_CHECKING:
    from cryptography import x509

    from jwttool.checks.tls.judge import TlsReport
    from jwttool.checks.tls.seen import Handshake, TlsView
    from jwttool.render.answers_tls import ClientCertificateDetail, HandshakeDetail, TlsProbeAnswer

_NAMED: Final = 20
"""CAs that are shown; JSON has all of them."""

_DEMANDS: Final = {
    Demand.NO: "no",
    Demand.OPTIONAL: "yes, and the handshake comes about without one",
    Demand.REQUIRED: "yes, it is required",
}


def probe_document(report: TlsReport) -> Document:
    """What ``tls probe`` shows."""
    view = report.view
    document = Document()
    _connection(document, view)
    if report.chain is not None:
        document.line()
        document.extend(chain_tree(report.chain, "The server's chain"))
    _client(document, view)
    document.heading("Checks")
    document.extend(report_document(report))
    return document


def _connection(document: Document, view: TlsView) -> None:
    target, best = view.target, view.seen.best
    other = None if target.server_name == target.host else target.server_name
    document.heading("Connection")
    document.fields(
        {
            "server": f"{target} ({view.seen.address})" if view.seen.address != target.host else str(target),
            "name asked for": other,
            "protocol": best.protocol or Span("none: the handshake failed", Role.BAD),
            "cipher": best.cipher,
            "key exchange": best.group,
            "ALPN": (best.alpn or "none") if best.finished else None,
            "certificates": f"{len(best.chain) + best.unreadable} sent",
        }
    )


def _client(document: Document, view: TlsView) -> None:
    bare, demand = view.seen.bare, view.seen.demand
    document.heading("Client certificate")
    fields: dict[str, str | Span | None] = {"asked for": _asked(view)}
    if bare.asked:
        fields["CAs named"] = _count(bare)
    if view.ours is not None:
        fields["our issuer"] = _name(issuer_name(view.ours.certificate))
        if bare.asked and bare.authorities:
            fields["among them"] = (
                Span("no", Role.BAD) if view.issued_by is None else Span(_name(view.issued_by), Role.GOOD)
            )
        fields["ours is"] = _taken(view)
    document.fields(fields)
    if demand is not Demand.NO and bare.authorities:
        for name in bare.authorities[:_NAMED]:
            document.line("    ", _name(name))
        if len(bare.authorities) > _NAMED:
            document.line("    ", f"and {len(bare.authorities) - _NAMED:,} more")


def _asked(view: TlsView) -> str:
    demand = view.seen.demand
    if demand is not None:
        return _DEMANDS[demand]
    return "yes" if view.seen.bare.asked else "not known: the handshake failed before"


def _count(bare: Handshake) -> str:
    strange = (
        f", and {bare.unreadable_authorities} that cannot be read" if bare.unreadable_authorities else ""
    )
    return f"{len(bare.authorities) or 'none: any may do'}{strange}"


def _taken(view: TlsView) -> Span | None:
    own = view.seen.own
    if own is None:
        return None
    if not own.stands:
        return Span("refused", Role.BAD)
    return Span("taken in the handshake" if own.answered else "not objected to in the handshake", Role.GOOD)


def _name(name: x509.Name) -> str:
    return Collector().read(rfc4514, name) or "(an empty name)"


# --- JSON ---------------------------------------------------------------------


def probe_answer(report: TlsReport) -> TlsProbeAnswer:
    """The JSON answer of ``tls probe``."""
    view = report.view
    target, best = view.target, view.seen.best
    return {
        "version": 1,
        "verdict": "pass" if report.passed else "fail",
        "checks": checks_json(report),
        "host": target.host,
        "port": target.port,
        "server_name": target.server_name,
        "address": view.seen.address,
        "protocol": best.protocol,
        "cipher": best.cipher,
        "group": best.group,
        "alpn": best.alpn,
        "handshake": _handshake(view.seen.bare),
        "sent": len(best.chain) + best.unreadable,
        "chain": [] if report.chain is None else chain_json(report.chain),
        "client_certificate": _client_certificate(view),
    }


def _client_certificate(view: TlsView) -> ClientCertificateDetail:
    bare, own, demand = view.seen.bare, view.seen.own, view.seen.demand
    return {
        "asked": None if demand is None else demand.value,
        "authorities": list(map(_name, bare.authorities)),
        "unreadable_authorities": bare.unreadable_authorities,
        "issued_by": None if view.issued_by is None else _name(view.issued_by),
        "handshake": None if own is None else _handshake(own),
    }


def _handshake(seen: Handshake) -> HandshakeDetail:
    found = None if seen.alert is None else alerts.alert(seen.alert)
    return {
        "ending": seen.ending.value,
        "alert": None
        if found is None
        else {"number": found.number, "name": found.name, "message": found.words},
        "message": None if seen.stands else seen.why()[0],
    }
