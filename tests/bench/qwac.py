"""Checking QWACs: against what reading them costs at the least, and against another linter."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import combinations, cycle, islice, product
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from jwttool.checks.qwac.judge import QwacReport, check_qwac
from jwttool.eidas import encode, structures
from jwttool.eidas.authorities import AUTHORITIES
from jwttool.eidas.roles import role
from jwttool.sandbox.certificates import new_keys, new_world, standard
from jwttool.sandbox.certificates.recipe import sign
from tests.bench.measure import Section, Target, faster, interleaved, no_longer

MANY: Final = 10_000
FEW: Final = 1_000
BATCH: Final = 250
FLOOR: Final = "load, touch subject and extensions"
LINTED: Final = 10
"""Certificates for the other linter: it takes a while for each."""
AT: Final = datetime(2026, 6, 16, tzinfo=UTC)
MOST_GROWTH: Final = 8.0
"""Mebibytes."""


def measure() -> list[Section]:
    """All certificates in a loop, and a few by the other linter."""
    ders = list(certificates(MANY, alike=True))
    different = list(certificates(MANY, alike=False))
    # What is measured is a success: a failure makes more.
    assert all(checked(der).passed for der in [*ders[:FEW], *different[:FEW]])
    grown = growth(ders)
    seconds = against_the_floor("check_qwac", ders)
    # On its own: what is kept of statements that never come again would push the others out.
    seconds["check_qwac, no two statements alike"] = against_the_floor("checked", different)["checked"]
    lint = linter()
    few = interleaved(
        {
            "check_qwac": partial(each, checked, ders[:LINTED]),
            "pkilint lint_etsi_cert": partial(each, lint, ders[:LINTED]),
        },
        rounds=3,
        calls=1,
    )
    linted = {name: taken / LINTED for name, taken in few.items()}
    return [
        Section(
            title="Check QWACs",
            note=f"{MANY:,} QWACs of as many holders, from DER to a report of all checks. The floor loads "
            "them with cryptography and touches subject and extensions. Most holders share their QC "
            "statements (roles, authority, CA) with others; in the last line no two do. Memory grew by "
            f"{grown:.1f} MiB from the {FEW:,}th to the {MANY:,}th.",
            seconds=seconds,
            targets=(
                no_longer(seconds, "check_qwac", FLOOR, 4.0),
                Target(
                    f"growth of memory in MiB: at most {MOST_GROWTH:.0f}", grown, MOST_GROWTH, at_least=False
                ),
            ),
        ),
        Section(
            title="Check QWACs: another linter",
            note=f"{LINTED} of the same certificates. pkilint lints all of a certificate's profile, of which "
            "the checks here are a part, and knows neither client_id nor authorities.",
            seconds=linted,
            targets=(faster(linted, "check_qwac", "pkilint lint_etsi_cert", 20.0),),
        ),
    ]


def each(work: Callable[[bytes], object], ders: Iterable[bytes]) -> None:
    """Do the work on every certificate."""
    for der in ders:
        work(der)


def against_the_floor(name: str, ders: Sequence[bytes]) -> dict[str, float]:
    """Seconds for one certificate: the floor's, and under this name those of all checks."""
    candidates = {FLOOR: batch_by_batch(bare, ders), name: batch_by_batch(checked, ders)}
    batches = interleaved(candidates, rounds=MANY // BATCH, calls=1)
    return {candidate: taken / BATCH for candidate, taken in batches.items()}


def batch_by_batch(work: Callable[[bytes], object], ders: Sequence[bytes]) -> Callable[[], None]:
    """Does the work on the next certificates with each call, so that a round is short."""
    starts = cycle(range(0, len(ders), BATCH))

    def next_batch() -> None:
        start = next(starts)
        each(work, ders[start : start + BATCH])

    return next_batch


def bare(der: bytes) -> object:
    """The floor."""
    certificate = x509.load_der_x509_certificate(der)
    return certificate.subject, certificate.extensions


def checked(der: bytes) -> QwacReport:
    """All checks, with the authorization number, which is the same for all, as client_id."""
    certificate = x509.load_der_x509_certificate(der)
    return check_qwac(certificate, client_id=NUMBER, at=AT)


NUMBER: Final = "1234567-8"


# --- the certificates ---------------------------------------------------------


def certificates(count: int, *, alike: bool) -> Iterable[bytes]:
    """QWACs of different holders, under all authorities, with all mixes of roles."""
    world = new_world(new_keys(), AT)
    key = world.keys.rsa.public_key()
    # An EC key signs them: RSA would take longer than all that is measured.
    signer = replace(world.issuing, key=world.keys.ec)
    kinds = product(_authorities(), _roles())
    for number, (nca_id, roles) in enumerate(islice(cycle(kinds), count)):
        location = "https://pki.example.com/pds.pdf" if alike else f"https://pki.example.com/{number}.pdf"
        statements = encode.qc_statements(
            [
                encode.qc_compliance(),
                encode.qc_type(structures.WEB),
                encode.qc_pds((location, "en")),
                encode.psd2([role(name) for name in roles], AUTHORITIES[nca_id].name, nca_id),
            ]
        ).value
        recipe = replace(
            standard.QWAC.with_attribute(NameOID.ORGANIZATION_IDENTIFIER, f"PSD{nca_id}-{NUMBER}")
            .with_attribute(NameOID.COUNTRY_NAME, nca_id[:2])
            .with_attribute(NameOID.ORGANIZATION_NAME, f"Holder {number}"),
            statements=statements,
        )
        yield sign(f"holder {number}", recipe, key, signer, AT).public_bytes(Encoding.DER)


def _authorities() -> Sequence[str]:
    return [nca_id for nca_id, each in AUTHORITIES.items() if each.historic is None]


def _roles() -> Sequence[tuple[str, ...]]:
    names = ("PSP_AS", "PSP_PI", "PSP_AI", "PSP_IC")
    return [mix for size in range(1, len(names) + 1) for mix in combinations(names, size)]


# --- memory and the other linter ----------------------------------------------


def growth(ders: Sequence[bytes]) -> float:
    """Mebibytes that the process grew by, from the first certificates to the last."""
    each(checked, ders[:FEW])
    before = _resident()
    each(checked, ders[FEW:])
    return (_resident() - before) / 1024 / 1024


def _resident() -> int:
    gc.collect()
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def linter() -> Callable[[bytes], object]:
    """pkilint, with its validators made once."""
    from pkilint import etsi, finding_filter, loader
    from pkilint.pkix import certificate

    [example] = certificates(1, alike=True)
    kind = etsi.determine_certificate_type(loader.load_der_certificate(example, "example"))
    validators = certificate.create_pkix_certificate_validator_container(
        etsi.create_decoding_validators(kind), etsi.create_validators(kind)
    )
    filters = etsi.create_etsi_finding_filters(kind)

    def lint(der: bytes) -> object:
        document = loader.load_der_certificate(der, "certificate")
        return finding_filter.filter_results(filters, validators.validate(document.root))

    return lint
