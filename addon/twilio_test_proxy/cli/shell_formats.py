"""Variables as text that a shell, a dotenv file or a GitHub workflow reads back as they were."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping


def _sh(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _fish(name: str, value: str) -> str:
    """Between single quotes only these two are special: https://fishshell.com/docs/current/language.html#quotes."""
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{quoted}';"


def _powershell(name: str, value: str) -> str:
    """https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules."""
    # PowerShell takes the typographic quotes for plain ones.
    quoted = "".join(c * 2 if c in "'\u2018\u2019\u201a\u201b" else c for c in value)
    return f"$env:{name} = '{quoted}'"


def _dotenv(name: str, value: str) -> str:
    """In single quotes, which python-dotenv, Ruby's and Node's dotenv, and Docker Compose all take literally.

    Only a value with a single quote or a line break in it needs double ones, in which they agree on less.
    """
    if "'" not in value and "\n" not in value:
        return f"{name}='{value}'"
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("$", "\\$")):
        value = value.replace(plain, escaped)
    return f'{name}="{value}"'


def _github(name: str, value: str) -> str:
    """A line for the file that ``$GITHUB_ENV`` names; several for a value that has several.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable
    """
    if "\n" not in value:
        return f"{name}={value}"
    mark = "TWILIO_TEST_PROXY_END"
    while mark in value:
        mark += "_"
    return f"{name}<<{mark}\n{value}\n{mark}"


FORMATS: Mapping[str, Callable[[str, str], str]] = {
    "sh": _sh,
    "fish": _fish,
    "powershell": _powershell,
    "dotenv": _dotenv,
    "github": _github,
}


def render(variables: Mapping[str, str], shell: str) -> str:
    """The text that sets the variables, a line each, in one of `FORMATS`."""
    return "".join(f"{FORMATS[shell](name, value)}\n" for name, value in variables.items())
