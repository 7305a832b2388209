"""``jwttool cert``: examine certificates, name kids, find what belongs together, make bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from jwttool.certificates.form_names import DEFAULT_FORM, FORM_NAMES
from jwttool.cli.cert_verify import verify
from jwttool.cli.exits import Exit
from jwttool.cli.options import (
    JSON,
    FileName,
    at_option,
    force_option,
    format_option,
    passphrase_options,
    prefixed_passphrase_options,
)
from jwttool.edge.reading import STDIN, read_input
from jwttool.edge.terminal import notice, print_document, print_json, print_product
from jwttool.encoding import Limit
from jwttool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography import x509

    from jwttool.csr import KeyHolder
    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.render.certificates import Candidate
    from jwttool.secret import Secret

ALL_FORMS: Final = "all"


@click.group()
def cert() -> None:
    """Examine certificates: fingerprints, kid, which key, bundles.

    Certificates are read from PEM (one or a chain), DER, PKCS#7 and PKCS#12; of
    several in one file the end-entity certificate is meant.
    """


cert.add_command(verify)

# --- show, fingerprint --------------------------------------------------------


@cert.command()
@click.argument("file", metavar="CERT", type=FileName())
@passphrase_options
@at_option
@format_option
def show(file: str, passphrase: PassphraseSource, at: datetime, output_format: str) -> None:
    """Show what a certificate says, and all its fingerprints.

    The JSON answer also holds the whole certificate in base64 on one line (x5c),
    as some systems want it in a header or a form.

    \b
      jwttool cert show signing.crt
      jwttool cert show chain.p7b --format json
    """
    from jwttool.certificates import days_left, describe_certificate
    from jwttool.edge.material import naming, read_certificate_file
    from jwttool.render.certificates import certificate_answer, certificate_document

    loaded = read_certificate_file(file, passphrase)
    with naming(file):
        certificate = loaded.end_entity
    described = describe_certificate(certificate)
    if output_format == JSON:
        days = None if described.not_after is None else days_left(certificate, at)
        print_json(certificate_answer(described, loaded.format, days, loaded.chain))
    else:
        print_document(certificate_document(described, at, loaded.chain))


@cert.command()
@click.argument("file", metavar="CERT", type=FileName())
@click.option(
    "--as",
    "form",
    type=click.Choice([*FORM_NAMES, ALL_FORMS]),
    default=DEFAULT_FORM,
    show_default=True,
    help="Which fingerprint; sha1 is upper-case hex, Worldline's kid.",
)
@passphrase_options
@format_option
def fingerprint(file: str, form: str, passphrase: PassphraseSource, output_format: str) -> None:
    """Print a certificate's fingerprint, as a kid.

    With --as all every form is printed, one `FORM value` a line.

    \b
      jwttool cert fingerprint signing.crt
      jwttool cert fingerprint signing.crt --as x5t-s256
      jwttool cert fingerprint signing.crt --as all
    """
    from jwttool.certificates.forms import fingerprint as make_fingerprint
    from jwttool.certificates.forms import fingerprints
    from jwttool.edge.material import read_certificate

    certificate = read_certificate(file, passphrase)
    made = fingerprints(certificate) if form == ALL_FORMS else {form: make_fingerprint(certificate, form)}
    if output_format == JSON:
        from jwttool.certificates import subject
        from jwttool.certificates.describe import Collector

        print_json({"version": 1, "subject": Collector().read(subject, certificate), "fingerprints": made})
    elif form == ALL_FORMS:
        print_product("\n".join(f"{name} {value}" for name, value in made.items()))
    else:
        print_product(made[form])


# --- find-kid -----------------------------------------------------------------


@cert.command("find-kid")
@click.argument("value")
@click.argument("files", metavar="FILE...", type=FileName(), nargs=-1, required=True)
@passphrase_options
@format_option
@click.pass_context
def find_kid(
    ctx: click.Context, value: str, files: tuple[str, ...], passphrase: PassphraseSource, output_format: str
) -> None:
    """Say which of these certificates, in which form, a kid is.

    VALUE is a kid, a list of kids, or a server's whole message, such as
    "Requested kid: 'x'. Available kids: [a, b]"; '-' is standard input. Every
    certificate of every FILE is tried, in every form. The exit code is 0 when a
    kid is found, 1 when none is.

    \b
      jwttool cert find-kid B4E11A49EE0D1239E7F784919B91DF577E839385 *.crt
      jwttool cert find-kid "Requested kid: 'x'. Available kids: [a, b]" chain.pem
    """
    from jwttool.certificates import KidIndex, parse_server_message
    from jwttool.render.certificates import IdentifiedKid, find_kid_answer, find_kid_document, kid_report

    text = parse_server_message(_text(value))
    candidates = _candidates(files, passphrase)
    index = KidIndex(each.certificate for each in candidates)
    kids = [IdentifiedKid(kid, index.identify(kid)) for kid in text.kids]
    if text.requested is not None and text.requested not in text.kids:
        kids.insert(0, IdentifiedKid(text.requested, index.identify(text.requested), requested=True))
    report = kid_report(kids, candidates)
    if output_format == JSON:
        print_json(find_kid_answer(kids, candidates, report))
    else:
        print_document(find_kid_document(kids, candidates, report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)


def _text(value: str) -> str:
    if value != STDIN:
        return value
    from jwttool.certificates.kid import decode_text

    return decode_text(read_input(STDIN, Limit.TOKEN, "text with the kid"))


def _candidates(files: Sequence[str], passphrase: PassphraseSource) -> list[Candidate]:
    from jwttool.certificates import load_certificates, needs_passphrase
    from jwttool.edge.material import naming
    from jwttool.render.certificates import Candidate

    secrets = _Secrets(passphrase)
    found: list[Candidate] = []
    for file in files:
        data = read_input(file, Limit.CERTIFICATE, "certificate")
        secret = secrets.of(file) if needs_passphrase(data) else None
        with naming(file):
            loaded = load_certificates(data, secret)
        found += [Candidate(file, number, each) for number, each in enumerate(loaded.certificates, start=1)]
    return found


class _Secrets:
    """The passphrases of several files: a named source serves them all, a person is asked for each."""

    def __init__(self, source: PassphraseSource) -> None:
        self._source = source
        self._named: Secret | None = None

    def of(self, file: str) -> Secret:
        if not self._source.named:
            return self._source.existing(file)
        if self._named is None:  # a descriptor can be read only once
            self._named = self._source.existing(file)
        return self._named


# --- match --------------------------------------------------------------------


@cert.command()
@click.argument("files", metavar="FILE FILE...", type=FileName(), nargs=-1, required=True)
@passphrase_options
@format_option
@click.pass_context
def match(
    ctx: click.Context, files: tuple[str, ...], passphrase: PassphraseSource, output_format: str
) -> None:
    """Say which keys, requests and certificates belong together.

    FILE is a private key, a public key, a certificate signing request, a
    certificate, a chain or a PKCS#12 file, in any mix. The exit code is 0 when
    all of them hold one and the same key.

    \b
      jwttool cert match signing.key signing.csr signing.crt
    """
    from jwttool.certificates import group_by_key
    from jwttool.csr import holders_need_passphrase, load_key_holders
    from jwttool.edge.material import naming, say_which
    from jwttool.render.certificates import match_answer, match_document, match_report

    secrets = _Secrets(passphrase)
    holders: list[tuple[str, KeyHolder]] = []
    for file in files:
        data = read_input(file, Limit.CERTIFICATE, "file")
        secret = secrets.of(file) if holders_need_passphrase(data) else None
        with naming(file):
            found = load_key_holders(data, secret)
        for holder in found:
            if holder.among > 1:
                say_which(file, holder.among, holder.subject)
            holders.append((file, holder))
    if len(holders) < 2:
        raise UsageError("one file that holds one key has nothing to match", hint="name another file")
    groups = group_by_key((each, each[1].public_key) for each in holders)
    report = match_report(groups)
    if output_format == JSON:
        print_json(match_answer(groups, report))
    else:
        print_document(match_document(groups, report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)


# --- bundle -------------------------------------------------------------------


@cert.command()
@click.option("--key", "key_file", type=FileName(), metavar="KEY", required=True, help="The private key.")
@click.option(
    "--cert",
    "cert_file",
    type=FileName(),
    metavar="CERT",
    required=True,
    help="Its certificate, or the whole chain.",
)
@click.option("--chain", type=FileName(), metavar="FILE", help="The certificates of the CAs above it.")
@click.option(
    "-o",
    "--output",
    type=FileName(),
    metavar="FILE",
    required=True,
    help="Where the bundle goes (FILE.p12).",
)
@click.option(
    "--name", metavar="NAME", help="What keytool calls the entry: its alias.  [default: FILE's name]"
)
@force_option
@passphrase_options
@prefixed_passphrase_options("bundle", "The bundle's passphrase, if it is to be another,")
@format_option
def bundle(
    key_file: str,
    cert_file: str,
    chain: str | None,
    output: str,
    name: str | None,
    force: bool,
    passphrase: PassphraseSource,
    bundle_passphrase: PassphraseSource,
    output_format: str,
) -> None:
    """Put a key and its certificates into a PKCS#12 file.

    For Java and others. It is encrypted with AES-256 and only you can read it; openssl 3 and keytool
    open it. The passphrase that opens the key guards the bundle too, unless the
    bundle is given another. Let it be long and random: the integrity of the file
    is guarded by 2,048 rounds only, and a guess can be tried against that.

    \b
      jwttool cert bundle --key signing.key --cert signing.crt -o signing.p12
      jwttool cert bundle --key signing.key --cert signing.crt --chain ca.pem \\
          -o signing.p12 --bundle-passphrase-file bundle.pass
    """
    from jwttool.certificates import refuse_strangers
    from jwttool.cli.key import secret_target
    from jwttool.edge.material import naming, read_certificate_file
    from jwttool.edge.reading import read_secret
    from jwttool.edge.terminal import warn
    from jwttool.edge.writing import SECRET_MODE, check_target, refuse_own_input, write_secret
    from jwttool.keys import is_encrypted, load_private_key, write_pkcs12

    path = secret_target(output, "a bundle with a private key")
    refuse_own_input(path, key_file, cert_file, chain, passphrase.file, bundle_passphrase.file)
    check_target(path, force=force)
    leaf, above = _chain(cert_file, passphrase)
    if chain is not None:
        above += read_certificate_file(chain, passphrase).certificates
    refuse_strangers(leaf, above)
    data = read_secret(key_file, Limit.CERTIFICATE, "private key", warn)
    opens = passphrase.existing(key_file) if is_encrypted(data) else None
    with naming(key_file):
        key = load_private_key(data, opens).private_key
    guards = _bundle_secret(opens, passphrase, bundle_passphrase, output)
    above = tuple(each for each in dict.fromkeys(above) if each != leaf)
    alias = name or path.stem
    made = write_pkcs12(key, leaf, above, guards, alias)
    write_secret(path, made, force=force)
    if output_format == JSON:
        from jwttool.keys import read_encryption
        from jwttool.render.certificates import bundle_answer

        print_json(bundle_answer(output, SECRET_MODE, alias, leaf, above, read_encryption(made)))
    else:
        count = f"{1 + len(above)} certificate{'s' if above else ''}"
        notice(f"wrote {output} (the key and {count}, encrypted, mode {SECRET_MODE:04o})")


def _chain(file: str, passphrase: PassphraseSource) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    from jwttool.certificates import subject
    from jwttool.edge.material import naming, read_certificate_file

    loaded = read_certificate_file(file, passphrase)
    with naming(file):
        leaf = loaded.end_entity
    if loaded.chain:
        notice(f"{file} holds {len(loaded.certificates)} certificates; the key's is {subject(leaf)}")
    return leaf, loaded.chain


def _bundle_secret(
    opens: Secret | None, passphrase: PassphraseSource, bundle_passphrase: PassphraseSource, output: str
) -> Secret:
    """The bundle's own passphrase, else the key's, else the one that was named, else a new one."""
    if bundle_passphrase.named:
        return bundle_passphrase.new(output)
    if opens is not None:
        return opens
    return passphrase.new(output)
