import re
import subprocess
from pathlib import Path

import pytest

from command_line import command_line, environment, run
from twilio_test_proxy.cassettes.names import CassetteNameError
from twilio_test_proxy.cli.env import UrlError, proxy_url


@pytest.mark.parametrize(
    ("text", "cassette", "expected"),
    [
        pytest.param("http://127.0.0.1:8080", "", "http://127.0.0.1:8080", id="as it is"),
        pytest.param("127.0.0.1:9000", "", "http://127.0.0.1:9000", id="no scheme"),
        pytest.param("http://localhost:9000/", "", "http://localhost:9000", id="slash"),
        pytest.param("http://[::1]:9000", "", "http://[::1]:9000", id="IPv6"),
        pytest.param("http://127.0.0.1:8080", "shop", "http://shop:x@127.0.0.1:8080", id="cassette"),
        pytest.param(
            "http://127.0.0.1:8080", "checkout/a", "http://checkout%2Fa:x@127.0.0.1:8080", id="cassette in a folder"
        ),
        pytest.param("http://old:x@127.0.0.1:8080", "", "http://old:x@127.0.0.1:8080", id="user kept"),
        pytest.param("http://old:x@127.0.0.1:8080", "shop", "http://shop:x@127.0.0.1:8080", id="user replaced"),
    ],
)
def test_proxy_url(text: str, cassette: str, expected: str) -> None:
    assert proxy_url(text, cassette) == expected


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "http://:8080",
        "https://127.0.0.1:8080",
        "socks5://x:1",
        "http://x:port",
        "http://x:99999",
        "http://[::1",
    ],
)
def test_what_is_no_url_of_a_proxy(text: str) -> None:
    with pytest.raises(UrlError, match="write it like http"):
        proxy_url(text, "")


@pytest.mark.parametrize("name", ["../x y", "/etc/passwd", "a:b", "a b", "a//b", "é"])
def test_what_names_no_cassette(name: str) -> None:
    with pytest.raises(CassetteNameError, match="cassette name"):
        proxy_url("http://127.0.0.1:8080", name)


def test_a_name_that_names_no_cassette_is_one_sentence(home: Path) -> None:
    done = run("env", "--cassette", "../x y", home=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"Error: The cassette name '../x y' has other characters .*\n", done.stderr)


def test_a_shell_takes_it(home: Path) -> None:
    words = command_line("env", "--url", "http://127.0.0.1:9000", "--cassette", "shop")
    script = 'text=$("$@") && eval "$text" && echo "$HTTPS_PROXY" && ls "$SSL_CERT_FILE" "$WGETRC"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *words], env=environment(home), capture_output=True, text=True, check=True
    )
    url, *files = done.stdout.splitlines()
    assert url == "http://shop:x@127.0.0.1:9000"
    assert files == [str(home / "trust" / "ca-bundle.pem"), str(home / "trust" / "wgetrc")]


@pytest.mark.parametrize("shell", ["fish", "powershell", "dotenv", "github"])
def test_formats(home: Path, shell: str) -> None:
    done = run("env", "--shell", shell, home=home)
    (line,) = [line for line in done.stdout.splitlines() if "NODE_EXTRA_CA_CERTS" in line]
    assert "ca-bundle.pem" in line


def test_a_wrong_url_is_one_sentence(home: Path) -> None:
    done = run("env", "--url", "nowhere", home=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: 'nowhere' is not the URL of the proxy: write it like http://127.0.0.1:8080.\n"


def test_that_java_sends_no_cassette_is_in_the_help(home: Path) -> None:
    assert "for Java, name the cassette to `serve` or `exec`" in " ".join(
        run("env", "--help", home=home).stdout.split()
    )
