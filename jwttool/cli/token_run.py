"""One run of ``token request``: what was chosen, and what is done with it, step by step."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from jwttool.edge.terminal import (
    flush_output,
    is_terminal,
    notice,
    print_bytes,
    print_json,
    print_product,
    tell_document,
    warn,
)
from jwttool.errors import FileAccessError, JwtToolError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.cli.token_code import CodeSource
    from jwttool.config import Client
    from jwttool.eidas.mapping import ClientMapping
    from jwttool.grant.answer import Granted
    from jwttool.grant.material import Material
    from jwttool.grant.message import HttpRequest
    from jwttool.grant.prepare import Prepared
    from jwttool.providers import Provider, TokenRequest
    from jwttool.report import Report
    from jwttool.secret import Secret


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: what was chosen, and what is done with it, step by step."""

    client: Client
    provider: Provider
    config: Path
    mapping: ClientMapping
    output: Path | None
    force: bool
    as_json: bool
    shape: TokenRequest | None = None
    refresh_file: Path | None = None

    @classmethod
    def begin(
        cls,
        name: str,
        config: str | None,
        scope: str | None,
        output: str | None,
        *,
        force: bool,
        as_json: bool,
    ) -> Run:
        """Read the configuration, and refuse an output that could not be written afterwards."""
        from jwttool.edge.material import read_config
        from jwttool.edge.writing import check_target, refuse_own_input
        from jwttool.providers import get_provider

        found = read_config(config or click.get_current_context().find_root().obj)
        client = found.client(name)
        if scope is not None:
            client = replace(client, scope=scope)
        target = None if output is None else Path(output)
        if target is not None:
            check_target(target, force=force)
            sources = (client.client_secret, client.ccg_token, client.passphrase, client.tls_passphrase)
            files = [source.file for source in sources if source is not None]
            keys = (client.key, client.certificate, client.tls_key, client.tls_certificate)
            refuse_own_input(target, found.path, *keys, *files)
        return cls(client, get_provider(client.provider), found.path, found.mapping, target, force, as_json)

    def authorize(self, at: datetime, *, pkce: bool) -> None:
        """Print the URL to open."""
        from jwttool.cli.token_code import authorize

        url, file = authorize(self.client, self.provider, self.config.parent, at=at, pkce=pkce)
        notice(f"open the URL; {file} is needed when the code comes back: keep it until then")
        if self.as_json:
            print_json({"version": 1, "authorization_url": url, "state_file": str(file)})
        elif self.output is not None:
            self._write(self.output, url.encode("ascii", "replace") + b"\n")
        else:
            print_product(url)

    def choose(self, way: str | None, *, refresh: bool, refresh_file: str | None) -> Run:
        """Which of the system's requests it is, and where a refresh token is kept."""
        from jwttool.edge.writing import check_target
        from jwttool.grant.places import refresh_token_file
        from jwttool.grant.prepare import choose_shape

        shape = choose_shape(self.provider, self.client, way=way, refresh=refresh)
        answer = self.provider.answer
        if answer is None or not answer.refreshable:
            if refresh_file is not None:
                raise UsageError(f"{self.provider.title} has no refresh tokens")
            return replace(self, shape=shape)
        own = refresh_token_file(self.client, self.config.parent)
        file = own if refresh_file is None else Path(refresh_file)
        # A file of another name that is there may be another client's; our own is replaced.
        if self.output is not None and file.absolute() == self.output.absolute():
            raise UsageError("-o and the refresh token's file are one file", hint="name another with -o")
        check_target(file, force=refresh or refresh_file is None or self.force)
        return replace(self, shape=shape, refresh_file=file)

    def prepare(
        self, source: CodeSource, at: datetime, server_ca: str | None, *, anyway: bool
    ) -> tuple[Prepared, Material]:
        """Read what is needed, put the request together, and judge it."""
        from jwttool.cli.token_code import one_time
        from jwttool.edge.client import read_material
        from jwttool.grant.prepare import prepare

        assert self.shape is not None  # noqa: S101  # chosen before
        folder = self.config.parent
        once = one_time(self.client, self.provider, self.shape, source, folder, self.refresh_file or folder)
        material = read_material(
            self.client,
            self.provider,
            self.shape,
            mapping=self.mapping,
            server_ca=None if server_ca is None else Path(server_ca),
        )
        return prepare(material, self.shape, once, at=at, anyway=anyway), material

    def remark(self, report: Report) -> None:
        """Say what was found, on one line each; a JSON answer has it in its checks."""
        from jwttool.grant.prepare import findings
        from jwttool.render.request import remark

        if not self.as_json:
            for check in findings(report):
                warn(remark(check))

    def not_sent(self, report: Report, *, anyway: bool) -> None:
        """Tell every reason."""
        from jwttool.grant.prepare import findings
        from jwttool.render.request import not_sent_document, request_answer

        found = findings(report)
        if self.as_json:
            print_json(request_answer(found, None))
            return
        tell_document(not_sent_document(found))
        if anyway:
            notice("--send-anyway has nothing to send: the request cannot even be put together")
        else:
            notice("--send-anyway sends it all the same, where it can be put together")

    def dry_run(self, request: HttpRequest, report: Report, server_ca: str | None, seconds: float) -> None:
        """Print the request as a command of curl; what is secret only into a file, a pipe, or not at all."""
        from jwttool.edge.client import passphrase_of
        from jwttool.grant.curl import curl_command, curl_config
        from jwttool.grant.prepare import findings
        from jwttool.render.report import checks_json

        if self.as_json and self.output is None:
            raise UsageError("--dry-run with --format json needs -o FILE for what is secret")
        source = self.client.tls_passphrase
        passphrase = None if source is None else passphrase_of(source).existing(str(self.client.tls_key))
        hidden = self.output is None and is_terminal(sys.stdout)
        authorities = self.client.server_ca if server_ca is None else Path(server_ca)
        config = curl_config(
            request,
            self.client,
            tls_passphrase=passphrase,
            server_ca=authorities,
            seconds=seconds,
            show_secrets=not hidden,
        )
        if hidden:
            notice("what is secret is not shown on a terminal: -o FILE gives a command that can be run")
        elif self.output is None:
            warn("what is printed holds secrets: pipe it to a shell, or use -o FILE")
        if self.output is not None:
            self._write(self.output, config.encode("utf-8"))
            notice(f"{self.output} holds secrets; remove it when you are done")
        command = curl_command(self.output, config)
        if self.as_json:
            answer = {"verdict": report.verdict, "checks": checks_json(findings(report))}
            print_json({"version": 1, **answer, "command": command, "config_file": str(self.output)})
        else:
            print_product(command)

    def ask(self, request: HttpRequest, material: Material, seconds: float) -> Granted:
        """Send it, and understand what comes back."""
        from jwttool.cli.spinner import spinner
        from jwttool.edge.http import Timeouts, send
        from jwttool.edge.tls import client_context
        from jwttool.grant.answer import judge_answer

        context = client_context(material.tls, material.server_ca)
        with spinner(f"asking {self._endpoint_host()}"):
            answer = send(request, context, timeouts=Timeouts(total=seconds))
        signing = material.signing
        return judge_answer(answer, request, self.provider, None if signing is None else signing.certificate)

    def deliver(self, granted: Granted, before: Report) -> None:
        """Hand the token out first, and say what there is to say about it afterwards."""
        from jwttool.grant.prepare import findings
        from jwttool.render.request import granted_line, refused_document, request_answer
        from jwttool.report import Report

        whole = Report((*findings(before), *findings(granted.report)))
        if granted.token is None:
            if self.as_json:
                print_json(request_answer(whole, granted))
            else:
                tell_document(refused_document(granted, self._endpoint_host()))
            return
        kept = self._keep_refresh_token(granted)
        self._hand_out(granted, granted.token, whole, kept)
        if not self.as_json:
            notice(granted_line(granted, self._endpoint_host()))
        self.remark(granted.report)

    def _keep_refresh_token(self, granted: Granted) -> Path | None:
        from jwttool.cli.token_code import keep_refresh_token
        from jwttool.grant.places import authorization_file
        from jwttool.grant.prepare import wants_code

        if self.shape is not None and wants_code(self.shape):  # the authorization is used up with its code
            with contextlib.suppress(OSError):
                authorization_file(self.client, self.config.parent).unlink()
        if granted.refresh_token is None or self.refresh_file is None:
            return None
        try:
            keep_refresh_token(granted.refresh_token, self.refresh_file, granted.refresh_expires_at)
        except JwtToolError as error:
            return _rescued(granted.refresh_token, "refresh token", error)
        return self.refresh_file

    def _hand_out(self, granted: Granted, token: Secret, report: Report, kept: Path | None) -> None:
        from jwttool.render.request import request_answer

        output = self.output
        if output is not None:
            try:
                self._write(output, token.reveal() + b"\n")
            except JwtToolError as error:
                output = _rescued(token, "token", error)
        try:
            if self.as_json:
                shown = token.reveal().decode("utf-8", "replace") if output is None else None
                print_json(
                    request_answer(report, granted, access_token=shown, output=output, refresh_file=kept)
                )
            elif output is None:
                # On a terminal escaped: a token is what the server makes it.
                print_bytes(token.reveal() + (b"" if is_terminal(sys.stdout) else b"\n"))
            flush_output()
        except (JwtToolError, OSError) as error:  # nobody reads it, or the disk behind it is full
            told = error if isinstance(error, JwtToolError) else FileAccessError("standard output was closed")
            output = _rescued(token, "token", told) if output is None else output
        if not self.as_json and output is not None:
            notice(f"the token is in {output}")

    def _write(self, path: Path, data: bytes) -> None:
        from jwttool.edge.writing import write_secret

        write_secret(path, data, force=self.force)

    def _endpoint_host(self) -> str:
        return urlsplit(self.client.endpoint(self.provider) or "").netloc.rpartition("@")[2]


def _rescued(secret: Secret, what: str, error: JwtToolError) -> Path:
    """Keep what was issued in another place: it may not be had again."""
    from jwttool.edge.secrets import rescue

    place = rescue(secret)
    warn(f"{error.message}; the {what} is in {place} instead")
    return place
