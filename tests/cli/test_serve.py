import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import PROBES, command_line, environment, run
from twilio_test_proxy.cli.proxy_process import ProxySettings
from twilio_test_proxy.cli.serve import PortError, _reached_at, arguments, check_port
from twilio_test_proxy.cli.upstream import UpstreamProxy


def test_serves_until_it_is_ended(home: Path) -> None:
    process = subprocess.Popen(
        command_line("serve", "--port", "0"),
        env=environment(home, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    with process.stdout:
        line = process.stdout.readline()
        while not (match := re.search(r"http://127\.0\.0\.1:\d+", line)):
            assert line, "ended too early"
            line = process.stdout.readline()
        variables = {"HTTPS_PROXY": match[0], "CURL_CA_BUNDLE": str(home / "mitmproxy-ca-cert.pem")}
        command = ["sh", str(PROBES / "curl.sh")]
        done = subprocess.run(command, env=environment(home, **variables), capture_output=True, text=True, check=False)
        process.terminate()
        process.stdout.read()
    process.wait()
    assert re.search(r"SM[0-9a-f]{32}", done.stdout), done.stderr


def test_arguments_go_on_to_mitmdump(home: Path) -> None:
    done = run("serve", "--", "--version", home=home)
    assert done.stdout.startswith("Mitmproxy:")


def test_how_to_use_it_is_said(home: Path) -> None:
    done = run("serve", "-p", "9123", "--host", "0.0.0.0", "--", "--version", home=home)  # noqa: S104
    assert 'eval "$(twilio-test-proxy env --url http://127.0.0.1:9123)"' in done.stderr


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_busy_port_is_one_sentence_and_nothing_is_said_of_a_proxy_there(busy_port: int, home: Path) -> None:
    done = run("serve", "-p", str(busy_port), home=home)
    assert done.returncode == 1
    expected = f"Error: Port {busy_port} is in use: name another with --port, or 0 for any that is free.\n"
    assert (done.stdout, done.stderr) == ("", expected)


@pytest.mark.parametrize(
    "words", [["--version"], ["--mode=regular@0", "--version"], ["--listen-port", "0", "--version"]]
)
def test_a_port_that_mitmdump_does_not_listen_on_may_be_busy(words: list[str], busy_port: int, home: Path) -> None:
    done = run("serve", "-p", str(busy_port), "--", *words, home=home)
    assert done.stdout.startswith("Mitmproxy:"), done.stderr


def test_an_address_of_another_machine_is_one_sentence() -> None:
    with pytest.raises(PortError, match=r"^Cannot listen on 198\.51\.100\.1 port 0 \(.*\): name others"):
        check_port("198.51.100.1", 0)


def test_a_port_that_is_free_is_none_to_complain_of() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check_port("127.0.0.1", port)


def test_a_contradiction_is_one_sentence(home: Path) -> None:
    done = run("serve", "-p", "0", "--record-mode", "once", home=home)
    assert done.returncode == 1
    assert re.fullmatch(r"Error: --record-mode once .* add --forward-live, .*\n", done.stderr)


def test_options_of_the_addon_s_own_are_left_to_the_addon(home: Path) -> None:
    words = ("--record-mode", "once", "--", "--set", "twilio_forward_live=true", "--set", "twilio_cassette=c.yaml")
    done = run("serve", "-p", "0", *words, "--version", home=home)
    assert done.stdout.startswith("Mitmproxy:"), done.stderr


def test_a_proxy_of_the_user_s_without_a_url_is_one_sentence(home: Path) -> None:
    done = run("serve", "-p", "0", home=home, added={"HTTPS_PROXY": "http://h:bad"})
    assert done.returncode == 1
    assert re.fullmatch(r"Error: HTTPS_PROXY holds no URL of a proxy: .*\n", done.stderr)


def test_arguments() -> None:
    settings = ProxySettings(Path("/ca"), modes=["upstream:http://corp:1"], addon=Path("/x"))
    assert arguments(settings, UpstreamProxy()) == settings.command()
    known = arguments(settings, UpstreamProxy("upstream:http://corp:1", "me:p"))
    assert known == [*settings.command(), "--set", "upstream_auth=me:p"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104
        ("::1", "[::1]"),
        ("::", "[::1]"),
    ],
)
def test_reached_at(host: str, expected: str) -> None:
    assert _reached_at(host) == expected


def test_a_name_that_is_none_is_said() -> None:
    with pytest.raises(PortError, match=r"'a\.\.b' is no address: name one with --host"):
        check_port("a..b", 0)


def test_every_ipv6_address_is_free_beside_every_ipv4_one() -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104
        taken.listen()
        check_port("::", taken.getsockname()[1])
        with pytest.raises(PortError, match="is in use"):
            check_port("0.0.0.0", taken.getsockname()[1])  # noqa: S104
