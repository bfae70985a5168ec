"""Live requests are forwarded over verified TLS, whatever mitmproxy's option ssl_insecure says."""

import shutil
from pathlib import Path

import pytest
from mitmproxy import exceptions
from mitmproxy.test import taddons

from live import API, LIVE, ONE, header, recording
from running_proxy import failed_start, recording_proxy, running_proxy
from stand_in import Twilio, stand_in
from twilio_test_proxy.addons.dial_guard import TwilioDialGuard
from twilio_test_proxy.addons.forwarding import TwilioForwarding
from twilio_test_proxy.addons.options import TwilioOptions


@pytest.mark.parametrize("where", ["--set", "-k", "config.yaml"])
def test_the_lock_does_not_open_where_certificates_are_not_verified(tmp_path: Path, confdir: Path, where: str) -> None:
    conf = tmp_path / "conf"
    shutil.copytree(confdir, conf) if confdir.exists() else conf.mkdir()
    if where == "config.yaml":
        (conf / "config.yaml").write_text("ssl_insecure: true\n")
    asked = {"--set": ("--set", "ssl_insecure=true"), "-k": ("-k",), "config.yaml": ()}[where]
    options = ("--set", "twilio_forward_live=true", *recording(tmp_path / "a.yaml"), *asked)
    code, lines = failed_start(tmp_path, *options, confdir=conf)
    assert code == 1
    assert len([line for line in lines if "ssl_insecure=true sends live credentials to whoever answers" in line]) == 1
    assert not [line for line in lines if "Traceback" in line]


def test_certificates_need_not_be_verified_where_nothing_is_forwarded(tmp_path: Path, confdir: Path) -> None:
    with running_proxy(tmp_path, "--set", "ssl_insecure=true", confdir=confdir) as proxy:
        assert proxy.stop() == 0


@pytest.mark.parametrize(
    "options", [{"ssl_insecure": True}, {"twilio_forward_live": True}], ids=lambda it: next(iter(it))
)
def test_while_running_the_two_are_not_brought_together(options: dict[str, bool]) -> None:
    forwarding = TwilioForwarding(TwilioDialGuard())
    with taddons.context(TwilioOptions(), forwarding) as context:
        context.options.update(**{name: name not in options for name in ("ssl_insecure", "twilio_forward_live")})
        forwarding.running()
        with pytest.raises(exceptions.OptionsError, match="leave it false"):
            context.options.update(**options)
        assert [getattr(context.options, name) for name in options] == [False]


UNVERIFIED = """
from mitmproxy import ctx

def requestheaders(flow):
    ctx.options.__dict__["_options"]["ssl_insecure"].set(True)  # past every check of options
"""


def test_an_untrusted_certificate_is_424003_whatever_the_option_says(
    tmp_path: Path, confdir: Path, twilio: Twilio
) -> None:
    script = tmp_path / "unverified.py"
    script.write_text(UNVERIFIED)
    with stand_in(tmp_path) as stranger:
        stranger.authority = twilio.authority  # the proxy trusts the one and meets the other
        options = ("-s", str(script), *recording(tmp_path / "a.yaml"))
        with (
            recording_proxy(tmp_path, stranger, *options, confdir=confdir) as proxy,
            proxy.client(auth=LIVE) as client,
        ):
            refused = client.post(f"{API}/Messages.json", data=ONE)
    assert (refused.status_code, refused.json()["code"], header(refused)) == (424, 424003, "refused")
    assert "ssl_insecure=true" in refused.json()["message"]
    assert stranger.requests == []
