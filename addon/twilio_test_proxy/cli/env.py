"""``env``: print the variables that lead a shell's Twilio traffic through a proxy that runs already."""

from __future__ import annotations

import os
from urllib.parse import quote, urlsplit, urlunsplit

import click

from twilio_test_proxy.cassettes.names import CassetteNameError, cassette_path
from twilio_test_proxy.certificates import authority, directory, trust

from . import environment
from .options import CASSETTE_DIR
from .shell_formats import FORMATS, render

DEFAULT_URL = "http://127.0.0.1:8080"
"""Where ``serve`` and mitmdump listen when nothing else is said."""


class UrlError(Exception):
    """The text is not the URL of a proxy; the message says why."""


def proxy_url(text: str, cassette: str) -> str:
    """The proxy's URL in full, with the cassette's name as the user name where there is one.

    Raises:
        UrlError: the text has no host or no port, or another scheme than http.
        CassetteNameError: the name names no cassette.
    """
    no_url = UrlError(f"{text!r} is not the URL of the proxy: write it like {DEFAULT_URL}.")
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
    except ValueError as error:
        raise no_url from error
    if parts.scheme != "http" or not parts.hostname or not port:
        raise no_url
    place = parts.netloc.rpartition("@")[2]
    user = parts.netloc[: -len(place)]
    if cassette:
        cassette_path(CASSETTE_DIR, cassette)
        # In a URL a slash would end the host. Some clients send no credentials where the password is empty.
        user = f"{quote(cassette, safe='')}:x@"
    return urlunsplit(("http", f"{user}{place}", "", "", ""))


@click.command("env")
@click.option("--shell", type=click.Choice(list(FORMATS)), default="sh", show_default=True, help="For whom to print.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the proxy listens.")
@click.option(
    "--cassette",
    default="",
    metavar="NAME",
    help="Play from and record to this cassette, by the proxy's user name. Java sends none unasked: "
    "for Java, name the cassette to `serve` or `exec`.",
)
def env(shell: str, url: str, cassette: str) -> None:
    """Print the variables that lead a shell's Twilio traffic through a proxy.

    \b
    Examples:
        eval "$(twilio-test-proxy env)"
        twilio-test-proxy env --shell fish | source
        twilio-test-proxy env --shell powershell | Out-String | Invoke-Expression
        twilio-test-proxy env --shell github >> "$GITHUB_ENV"
    """
    try:
        address = proxy_url(url, cassette)
        confined = authority.ensure()
        files = trust.write(confined, confined.confdir / "trust", os.environ)
    except (UrlError, CassetteNameError, directory.DirectoryError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(render(environment.variables(address, files, os.environ), shell), nl=False)
