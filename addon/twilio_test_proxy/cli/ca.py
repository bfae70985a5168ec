"""``ca``: where this machine's certificate authority is, for those who start mitmdump themselves."""

from __future__ import annotations

import click

from twilio_test_proxy.certificates import authority, directory


@click.command("ca")
@click.option("--certificate", is_flag=True, help="Print the path of the certificate that clients must trust.")
def ca(certificate: bool) -> None:
    """Print the directory of this machine's certificate authority, which is made where there is none.

    \b
    For mitmdump, which then makes certificates for Twilio's names and for no others:
        mitmdump -s addon/twilio_test.py --set confdir="$(twilio-test-proxy ca)"
    """
    try:
        confined = authority.ensure()
    except directory.DirectoryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(confined.certificate if certificate else confined.confdir)
