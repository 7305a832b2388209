"""Starting and stopping the sandbox: in the main thread for the command line, in a thread for tests."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jwttool.ambient import utc_now
from jwttool.edge.stores import open_replay_store
from jwttool.edge.writing import make_folder
from jwttool.errors import FileAccessError, NetworkError, SurroundingsError, UsageError
from jwttool.keys import generate_private_key
from jwttool.keys.kinds import KeyKind
from jwttool.sandbox import konsentus, op, stet, worldline
from jwttool.sandbox.portal import server_certificate
from jwttool.sandbox.server.folder import AUTHORITY, CONFIG, REPLAY, Folder, open_folder
from jwttool.sandbox.server.inbox import SECONDS, Inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from jwttool.sandbox.clients import SandboxClient
    from jwttool.sandbox.faults import Fault
    from jwttool.sandbox.server.tls import ServerContext

LOOPBACK: Final = "127.0.0.1"
_HANDSHAKE: Final = 10
_SHUTDOWN: Final = 2
_KEEPALIVE: Final = 75
_BACKLOG: Final = 512
_START: Final = 60


def no_log(line: str) -> None:
    """Say nothing of a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a sandbox is run.

    ``folder`` is made where it is missing; None is a temporary one, gone afterwards.
    ``port`` 0 is a free one.
    """

    folder: Path | None = None
    host: str = LOOPBACK
    port: int = 0
    faults: tuple[Fault, ...] = ()
    clock: Callable[[], datetime] = utc_now
    log: Callable[[str], None] = no_log


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that runs: where it is, and what its clients need."""

    base: str
    port: int
    folder: Path
    _files: Folder = field(repr=False)
    _clock: Callable[[], datetime] = field(repr=False)

    @property
    def authority(self) -> Path:
        """The certificate that clients trust (``--cacert``, ``server_ca``)."""
        return self.folder / AUTHORITY

    @property
    def config(self) -> Path:
        """The jwttool.toml with all clients."""
        return self.folder / CONFIG

    @property
    def endpoints(self) -> dict[str, str]:
        """The token endpoint of each system."""
        paths = {"op": op.PATH, "worldline": worldline.PATH, "konsentus": konsentus.PATH, "stet": stet.PATH}
        return {system: self.base + path for system, path in paths.items()}

    @property
    def issuer(self) -> str:
        """The audience of an assertion for Worldline."""
        return self.base + worldline.ROOT

    @property
    def clients(self) -> dict[str, SandboxClient]:
        """The clients by name, with their secrets."""
        return {client.name: client for client in self._files.bank.clients}

    def file(self, name: str) -> Path:
        """A file of the folder: ``clients/op-sandbox.key``, ``issued/op-sandbox.crt``."""
        return self._files.file(name)

    def konsentus_code(self, client: str = "konsentus-sandbox", **options: str) -> str:
        """A one-time code of Konsentus; ``redirect_uri`` and ``state`` may be chosen."""
        bank = self._files.bank
        found = bank.clients.named(client)
        if found is None or found.system != "konsentus":
            raise UsageError("there is no client of Konsentus of that name")
        now = int(self._clock().timestamp())
        return konsentus.new_code(
            bank, found, now, redirect_uri=options.get("redirect_uri"), state=options.get("state")
        )


@contextlib.contextmanager
def _opened(options: Options) -> Iterator[Folder]:
    """The folder, with its memory; a temporary one is gone afterwards."""
    if options.folder is not None:
        path = options.folder.absolute()
        make_folder(path)  # the store wants one that is there
        with _alone(path), open_replay_store(f"sqlite:{path / REPLAY}") as memory:
            yield open_folder(path, options.clock(), memory)
        return
    made = Path(tempfile.mkdtemp(prefix="jwttool-sandbox-"))
    try:
        with open_replay_store("memory:") as memory:
            yield open_folder(made, options.clock(), memory)
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the folder: two servers would write over each other's files.

    :raises FileAccessError: another one has it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise FileAccessError(
            f"another sandbox runs in {path}", hint="name another folder with --dir"
        ) from None
    finally:
        os.close(descriptor)


def _hosts(host: str) -> tuple[str, ...]:
    """The names that the server's certificate has."""
    own = (socket.gethostname(),) if host in {"0.0.0.0", "::"} else (host,)  # noqa: S104  # compared, not bound
    return tuple(dict.fromkeys(("localhost", LOOPBACK, "::1", *own)))


def _context(folder: Folder, host: str, at: datetime) -> ServerContext:
    from jwttool.sandbox.server.tls import server_context

    bank = folder.bank
    key = generate_private_key(KeyKind.EC)
    certificate = server_certificate(bank.authority, bank.keys.authority, key.public_key(), _hosts(host), at)
    return server_context(key, certificate, [bank.authority])


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _serve(
    folder: Folder, options: Options, ready: Callable[[Sandbox], None], stop: asyncio.Event
) -> None:
    from aiohttp import web

    from jwttool.sandbox.server.http import Handler, aiohttp_logger

    asyncio.get_running_loop().set_exception_handler(lambda _, about: options.log(_told(about)))
    listening = _listen(options.host, options.port)
    port: int = listening.getsockname()[1]
    shown = LOOPBACK if options.host in {"0.0.0.0", "::"} else options.host  # noqa: S104  # as above
    base = f"https://{_in_url(shown)}:{port}"
    folder.write_config(base)
    handler = Handler(
        folder,
        base,
        [f"{_in_url(host)}:{port}".lower() for host in _hosts(options.host)],
        options.clock,
        options.faults,
        options.log,
    )
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler.answer)
    runner = web.AppRunner(
        application,
        access_log=None,
        logger=aiohttp_logger(options.log),
        shutdown_timeout=_SHUTDOWN,
        keepalive_timeout=_KEEPALIVE,
        handler_cancellation=True,  # nobody waits for a slow answer to a client that is gone
        auto_decompress=False,  # no token request is compressed, and a small body could become a large one
    )
    await runner.setup()
    protocols = runner.server
    if protocols is None:  # aiohttp has one from setup() on
        raise SurroundingsError("aiohttp did not start")
    context = _context(folder, options.host, options.clock())
    server = await asyncio.get_running_loop().create_server(
        lambda: handler.watch(protocols()),
        sock=listening,
        ssl=context,
        backlog=_BACKLOG,
        ssl_handshake_timeout=_HANDSHAKE,
        ssl_shutdown_timeout=_SHUTDOWN,
    )
    looking = asyncio.create_task(_look(Inbox(folder), options))
    try:
        ready(Sandbox(base, port, folder.path, folder, options.clock))
        await stop.wait()
    finally:
        looking.cancel()
        server.close()
        await runner.cleanup()
        await asyncio.gather(looking, return_exceptions=True)


def _told(about: dict[str, Any]) -> str:
    """What asyncio could not tell anybody; by its kind alone, because it may hold what a client sent."""
    return f"sandbox-connection: {type(about.get('exception')).__name__}"


async def _look(inbox: Inbox, options: Options) -> None:
    while True:
        for line in inbox.look(options.clock()):
            options.log(line)
        await asyncio.sleep(SECONDS)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    :raises NetworkError: the address is not this machine's, or taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError:
        raise NetworkError(f"{host} is no address of this machine") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        raise NetworkError(
            f"port {port} of {host} cannot be listened on: {error.strerror}", hint="--port 0 takes a free one"
        ) from None
    return listening


def serve(options: Options, ready: Callable[[Sandbox], None]) -> None:
    """Run until SIGINT or SIGTERM; in the main thread.

    :param ready: called once, when the port is open.
    :raises JwtToolError: it cannot start.
    """

    async def main(folder: Folder) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await _serve(folder, options, ready, stop)

    with _opened(options) as folder:
        asyncio.run(main(folder))


@contextlib.contextmanager
def running(options: Options | None = None) -> Iterator[Sandbox]:
    """A sandbox in a thread of its own, on a free port of this machine unless told otherwise; for tests.

    ::

        with jwttool.sandbox.running() as sandbox:
            httpx.get(f"{sandbox.base}/sandbox", verify=str(sandbox.authority))

    :raises JwtToolError: it cannot start.
    """
    chosen = options or Options()
    with _opened(chosen) as folder:
        thread = _Thread(folder, chosen)
        thread.start()
        try:
            yield thread.sandbox()
        finally:
            thread.end()


class _Thread(threading.Thread):
    """The thread that the server's loop runs in."""

    def __init__(self, folder: Folder, options: Options) -> None:
        super().__init__(name="jwttool-sandbox", daemon=True)
        self._folder: Final = folder
        self._options: Final = options
        self._open: Final = threading.Event()
        self._sandbox: Sandbox | None = None
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def run(self) -> None:
        """The loop, from beginning to end."""
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001  # told to who waits
            self._error = error
        finally:
            self._open.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        await _serve(self._folder, self._options, self._is_open, self._ended)

    def _is_open(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._open.set()

    def sandbox(self) -> Sandbox:
        """The sandbox, when it is open."""
        self._open.wait(_START)
        if self._error is not None:
            raise self._error
        if self._sandbox is None:
            raise SurroundingsError(f"the sandbox did not start within {_START} s")
        return self._sandbox

    def end(self) -> None:
        """Stop, and wait for the end."""
        if self._loop is not None and self._ended is not None and self.is_alive():
            with contextlib.suppress(RuntimeError):  # it ended by itself in the meantime
                self._loop.call_soon_threadsafe(self._ended.set)
        self.join(_START)
