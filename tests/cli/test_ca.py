import json
import urllib.request
from base64 import b64encode
from pathlib import Path

from command_line import run
from running_proxy import ACCOUNT_SID, AUTH_TOKEN, running_proxy


def test_makes_and_names_it(tmp_path: Path) -> None:
    directory = run("ca", home=tmp_path / "ca").stdout.strip()
    certificate = run("ca", "--certificate", home=tmp_path / "ca").stdout.strip()
    assert directory == str(tmp_path / "ca")
    assert Path(certificate).read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert Path(certificate).parent == Path(directory)


def test_mitmdump_s_own_users_need_one_option(home: Path, tmp_path: Path) -> None:
    """Started by hand, with the directory that is printed, its answers are trusted by the certificate."""
    directory = Path(run("ca", home=home).stdout.strip())
    with running_proxy(tmp_path, confdir=directory) as proxy:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({"https": proxy.url}), urllib.request.HTTPSHandler(context=proxy.ssl_context())
        )
        pair = b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        request = urllib.request.Request(
            f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
            data=b"To=%2B14108675310&From=%2B15005550006&Body=hello",
            headers={"Authorization": f"Basic {pair}"},
        )
        with opener.open(request) as answer:
            assert json.load(answer)["status"] == "queued"


def test_without_a_place_for_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("ca", home=tmp_path / "file" / "ca")
    assert (done.returncode, done.stdout) == (1, "")
    assert "TWILIO_TEST_PROXY_HOME" in done.stderr
