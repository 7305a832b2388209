"""What cryptography warns of: dropped, in the thread that asked, and nobody's filters are touched."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509

from jwttool.certificates import load_certificates, subject
from jwttool.errors import MalformedError
from jwttool.keys.boundary import library
from tests import issue


def warn() -> None:
    warnings.warn("tolerated", UserWarning, stacklevel=2)


def quietly() -> None:
    with library(MalformedError("damaged")):
        warn()


def test_a_warning_is_dropped_inside_and_alive_outside() -> None:
    quietly()  # here, warnings are errors
    with pytest.raises(UserWarning, match="tolerated"):
        warn()


def test_filters_that_came_later_do_not_matter() -> None:
    quietly()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quietly()
        warnings.resetwarnings()
        warnings.simplefilter("error")
        quietly()


def test_it_ends_with_the_outermost_block_and_with_an_error() -> None:
    with library(MalformedError("damaged")):
        quietly()
        warn()
    with pytest.raises(MalformedError), library(MalformedError("damaged")):
        raise ValueError
    with pytest.raises(UserWarning):
        warn()


def test_the_filters_do_not_pile_up() -> None:
    quietly()
    there = len(warnings.filters)
    for _ in range(10):
        warnings.simplefilter("error", UserWarning)
        quietly()
    assert len(warnings.filters) == there + 1


def test_another_thread_is_warned_meanwhile() -> None:
    inside, done = threading.Event(), threading.Event()

    def stay() -> None:
        with library(MalformedError("damaged")):
            inside.set()
            done.wait(60)
            warn()

    with ThreadPoolExecutor(1) as pool:
        staying = pool.submit(stay)
        assert inside.wait(60)
        try:
            with pytest.raises(UserWarning):
                warn()
        finally:
            done.set()
        staying.result()


def test_the_filters_of_another_thread_outlive_the_block() -> None:
    # catch_warnings() would put back, at its end, the list that it found.
    inside, changed = threading.Event(), threading.Event()

    def stay() -> None:
        with library(MalformedError("damaged")):
            inside.set()
            changed.wait(60)

    with ThreadPoolExecutor(1) as pool:
        staying = pool.submit(stay)
        assert inside.wait(60)
        warnings.filterwarnings("ignore", "of the host")
        changed.set()
        staying.result()
    warnings.warn("of the host", UserWarning, stacklevel=1)
    with pytest.raises(UserWarning):
        warn()


def test_many_threads_read_a_certificate_that_is_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x" * 70, _validate=False)])
        pem = issue.pem(issue.authority().issue(issue.rsa_key(), name))

    def read(_: int) -> str:
        return subject(load_certificates(pem).certificates[0])

    quietly()
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(read, range(200))) == {f"CN={'x' * 70}"}
    assert warnings.filters == before
    with pytest.raises(UserWarning):
        warn()
