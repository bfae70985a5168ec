import os
import socket
import subprocess
from pathlib import Path

import psutil
import pytest
from mitmproxy import exceptions
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.test import taddons

from running_proxy import MITMDUMP, SCRIPT, failed_start, running_proxy
from twilio_test_proxy.addons.defaults import INTERCEPTED_HOSTS, TwilioDefaults


def test_mitmproxy_does_not_connect_before_it_is_told_to() -> None:
    with taddons.context(Proxyserver(), TwilioDefaults()) as context:
        assert context.options.connection_strategy == "lazy"


def test_only_twilio_is_intercepted() -> None:
    with taddons.context(Proxyserver(), TwilioDefaults()) as context:
        assert context.options.allow_hosts == [INTERCEPTED_HOSTS]


def test_hosts_that_the_user_wants_intercepted_still_are() -> None:
    with taddons.context(Proxyserver()) as context:
        context.options.update(allow_hosts=["example"])
        context.master.addons.register(TwilioDefaults())
        assert context.options.allow_hosts == ["example", INTERCEPTED_HOSTS]


def test_an_address_that_the_user_named_is_kept() -> None:
    with taddons.context(Proxyserver()) as context:
        context.options.update(listen_host="127.0.0.2")
        context.master.addons.register(TwilioDefaults())
        assert context.options.listen_host == "127.0.0.2"


def test_it_listens_on_loopback_only(tmp_path: Path, confdir: Path) -> None:
    with running_proxy(tmp_path, confdir=confdir) as proxy:
        listening = [
            connection.laddr
            for connection in psutil.Process(proxy.process.pid).net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
    assert [address.ip for address in listening] == ["127.0.0.1"]


def test_it_listens_on_the_address_that_the_user_named(tmp_path: Path, confdir: Path) -> None:
    with running_proxy(tmp_path, "--listen-host", "127.0.0.2", confdir=confdir) as proxy:
        assert proxy.url.startswith("http://127.0.0.2:")
        with socket.create_connection(("127.0.0.2", proxy.port), 5):
            pass


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--ignore-hosts", "example"), "ignore_hosts cannot be used"),
        (("--set", "stream_large_bodies=1m"), "leave it unset"),
        (("--set", "validate_inbound_headers=false"), "leave it true"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_options_that_would_break_the_contract_stop_the_start(
    tmp_path: Path, confdir: Path, options: tuple[str, ...], sentence: str
) -> None:
    code, lines = failed_start(tmp_path, *options, confdir=confdir)
    assert code == 1
    assert len([line for line in lines if sentence in line]) == 1
    assert not [line for line in lines if "Traceback" in line]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--set", "flow_detail=2"), "flow_detail=2 prints queries and the targets of redirects"),
        (("--set", "flow_detail=3"), "flow_detail=3 prints message bodies"),
        (("-w", "flows"), "save_stream_file saves message bodies"),
        (("--set", "save_stream_file=+flows"), "save_stream_file saves message bodies"),
        (("--set", "hardump=flows.har"), "hardump saves message bodies"),
        (("--set", "flow_detail=1"), ""),
        ((), ""),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value) or "without",
)
def test_what_prints_or_saves_secrets_is_warned_of_once(
    tmp_path: Path, confdir: Path, options: tuple[str, ...], sentence: str
) -> None:
    with running_proxy(tmp_path, *options, confdir=confdir) as proxy:
        assert proxy.stop() == 0
    warnings = [line for line in proxy.lines if "prints" in line or "saves" in line]
    assert len(warnings) == bool(sentence)
    assert all(sentence in line for line in warnings)


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("ignore_hosts=.*", "ignore_hosts cannot be used"),
        ("allow_hosts=example", "allow_hosts must keep"),
        ("stream_large_bodies=1m", "leave it unset"),
        ("validate_inbound_headers=false", "leave it true"),
    ],
)
def test_what_would_lead_clients_past_the_addons_is_taken_back_while_it_runs(option: str, sentence: str) -> None:
    with taddons.context(Proxyserver()) as context:
        addon = TwilioDefaults()
        context.master.addons.add(addon)
        addon.running()
        name = option.partition("=")[0]
        before = getattr(context.options, name)
        with pytest.raises(exceptions.OptionsError, match=sentence):
            context.options.set(option)
        assert getattr(context.options, name) == before
        context.options.set("allow_hosts=example", f"allow_hosts={INTERCEPTED_HOSTS}")


def test_stopping_with_a_client_connected_prints_no_traceback(tmp_path: Path, confdir: Path) -> None:
    with running_proxy(tmp_path, confdir=confdir) as proxy, socket.create_connection(("127.0.0.1", proxy.port), 5) as s:
        s.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n")
        assert s.recv(100).startswith(b"HTTP/1.1 200")
        assert proxy.stop() == 0
    assert len(proxy.lines) == 3  # Loading script, the start, the summary


def test_it_starts_from_any_directory_by_a_relative_path(tmp_path: Path, confdir: Path) -> None:
    result = subprocess.run(
        [str(MITMDUMP), "-s", os.path.relpath(SCRIPT, tmp_path), "-n", "--set", f"confdir={confdir}", "-r", os.devnull],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "twilio-test-proxy at" in result.stdout
