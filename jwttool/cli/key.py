"""``jwttool key``: make and examine private keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import JSON, FileName, force_option, format_option, passphrase_options
from jwttool.edge.reading import STDIN
from jwttool.edge.terminal import notice, print_document, print_json
from jwttool.errors import UnsafePermissionsError, UsageError, WrongKindError

if TYPE_CHECKING:
    from jwttool.checks.key import KeyView
    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.keys import KeyKind, PrivateKey, PublicKey

SIZES: Final = ("2048", "3072", "4096")
DEFAULT_BITS: Final = 4096
"""What OP's onboarding asks for (step 3); the others take it too."""


@click.group()
def key() -> None:
    """Make and examine private keys."""


# --- generate -----------------------------------------------------------------


@key.command()
@click.option(
    "-o", "--output", type=FileName(), metavar="FILE", required=True, help="Where the private key goes."
)
@click.option(
    "--type",
    "kind",
    type=click.Choice(["rsa", "ec"]),
    default="rsa",
    show_default=True,
    help="RSA, or EC on the curve P-256 for banks that follow FAPI.",
)
@click.option("--bits", type=click.Choice(SIZES), help=f"The size of an RSA key.  [default: {DEFAULT_BITS}]")
@click.option(
    "--no-passphrase", is_flag=True, help="Leave the key unencrypted: whoever reads the file has the key."
)
@force_option
@passphrase_options
@format_option
def generate(
    output: str,
    kind: str,
    bits: str | None,
    no_passphrase: bool,
    force: bool,
    passphrase: PassphraseSource,
    output_format: str,
) -> None:
    """Make a private key and write it to a file that only you can read.

    The file is PKCS#8 in PEM, encrypted with a passphrase: asked for twice on a
    terminal, or taken from a file, a descriptor or the environment. Nothing is
    printed on standard output.

    \b
      jwttool key generate -o signing.key
      jwttool key generate -o signing.key --passphrase-file signing.pass
      jwttool key generate -o signing.key --type ec --no-passphrase
    """
    if no_passphrase and passphrase.named:
        raise UsageError("--no-passphrase contradicts a passphrase")
    if kind == "ec" and bits is not None:
        raise UsageError("--bits is for RSA keys; an EC key is always on P-256")
    path = secret_target(output, "a private key")
    from jwttool.edge.writing import SECRET_MODE, check_target, refuse_own_input, write_secret
    from jwttool.keys import KeyKind, encrypt_pkcs8, plain_pkcs8, read_encryption

    refuse_own_input(path, passphrase.file)
    check_target(path, force=force)
    secret = None if no_passphrase else passphrase.new(output)
    made = _generate(KeyKind(kind), int(bits or DEFAULT_BITS))
    data = plain_pkcs8(made) if secret is None else encrypt_pkcs8(made, secret)
    write_secret(path, data, force=force)
    from jwttool.certificates import describe_key
    from jwttool.render.keys import generated_answer

    described = describe_key(made.public_key())
    if output_format == JSON:
        print_json(generated_answer(output, SECRET_MODE, described, read_encryption(data)))
    else:
        encrypted = "not encrypted" if secret is None else "encrypted"
        notice(f"wrote {output} ({described}, {encrypted}, mode {SECRET_MODE:04o})")


def secret_target(output: str, what: str) -> Path:
    """The file that a secret goes to.

    :raises UsageError: for standard output, which ends up in scrollback, logs and pipes.
    """
    if output == STDIN:
        raise UsageError(f"{what} is not written to standard output", hint="name a file with -o")
    return Path(output)


def _generate(kind: KeyKind, bits: int) -> PrivateKey:
    from jwttool.cli.spinner import spinner
    from jwttool.keys import KeyKind, generate_private_key

    if kind is KeyKind.EC or bits < DEFAULT_BITS:
        return generate_private_key(kind, bits)
    with spinner(f"making an RSA key of {bits} bits"):
        return generate_private_key(kind, bits)


# --- show ---------------------------------------------------------------------


@key.command()
@click.argument("file", metavar="KEY", type=FileName())
@passphrase_options
@format_option
@click.pass_context
def show(ctx: click.Context, file: str, passphrase: PassphraseSource, output_format: str) -> None:
    """Show what a key is, how its file is protected, and whether it is weak.

    KEY is a private key (PEM or DER; PKCS#1, PKCS#8, SEC1, JWK, PKCS#12) or a
    public one; '-' is standard input. The private part is never shown. The exit
    code is 1 when the key must not be used.

    \b
      jwttool key show signing.key
      jwttool key show signing.key --passphrase-file signing.pass --format json
    """
    from jwttool.checks.key import judge_key
    from jwttool.render.keys import key_answer, key_document

    view, file_format, encoding = _read_key(file, passphrase)
    report = judge_key(view)
    shown = (view, file_format, encoding, _thumbprints(view.public_key), report)
    if output_format == JSON:
        print_json(key_answer(*shown))
    else:
        print_document(key_document(*shown))
    ctx.exit(Exit.YES if report.passed else Exit.NO)


def _read_key(file: str, passphrase: PassphraseSource) -> tuple[KeyView, str, str]:
    from jwttool.checks.key import KeyView
    from jwttool.edge.material import naming
    from jwttool.edge.reading import file_mode
    from jwttool.keys import is_encrypted, load_private_key, load_public_key

    data = _read(file)
    mode = None if file == STDIN else file_mode(Path(file))
    try:
        with naming(file):
            public = load_public_key(data)
    except WrongKindError:
        secret = passphrase.existing(file) if is_encrypted(data) else None
        with naming(file):
            loaded = load_private_key(data, secret)
        private = loaded.private_key
        view = KeyView(private.public_key(), private, loaded.encryption, mode)
        return view, loaded.format, loaded.encoding
    return KeyView(public.public_key, mode=mode), public.format, public.encoding


def _read(file: str) -> bytes:
    """The file's bytes; a private key that others can write is refused, a public one is not."""
    from jwttool.edge.reading import read_input, read_secret
    from jwttool.encoding import Limit
    from jwttool.keys import load_public_key

    try:
        # That others can read it is one of the checks, and needs no warning beside.
        return read_secret(file, Limit.CERTIFICATE, "key", lambda _: None)
    except UnsafePermissionsError as error:
        data = read_input(file, Limit.CERTIFICATE, "key")
        try:
            load_public_key(data)
        except WrongKindError:
            raise error from None
        return data


def _thumbprints(public_key: PublicKey) -> dict[str, str]:
    from jwttool.keys import jwk_thumbprint, keycloak_kid, spki_sha256, subject_key_identifier

    return {
        "jkt": jwk_thumbprint(public_key),
        "spki-sha256": spki_sha256(public_key),
        "keycloak": keycloak_kid(public_key),
        "ski": subject_key_identifier(public_key),
    }
