"""A cassette that `env` names in the proxy's URL is the one that clients play from."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import PROBES, command_line, environment
from running_proxy import RunningProxy, running_proxy

SID = "SM" + "a" * 32

# What all the probes send.
CASSETTE = f"""\
version: 1
interactions:
- request:
    method: POST
    uri: https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json
    body: Body=hello&From=%2B15005550006&To=%2B14108675310
    headers: {{Content-Type: [application/x-www-form-urlencoded]}}
  response:
    status: {{code: 201, message: CREATED}}
    headers: {{Content-Type: [application/json]}}
    body: {{string: '{{"sid": "{SID}"}}'}}
"""

# A client that reads no variable, and is led by the path hook.
HTTP_CLIENT = """
import base64, os
from http.client import HTTPSConnection
sid, token = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
pair = base64.b64encode((sid + ":" + token).encode()).decode()
connection = HTTPSConnection("api.twilio.com")
connection.request("POST", "/2010-04-01/Accounts/" + sid + "/Messages.json",
    "To=%2B14108675310&From=%2B15005550006&Body=hello",
    {"Authorization": "Basic " + pair, "Content-Type": "application/x-www-form-urlencoded"})
print(connection.getresponse().read().decode())
"""

CLIENTS = {
    "curl": ("sh", str(PROBES / "curl.sh")),
    "node": ("node", str(PROBES / "node_https.js")),
    "requests": (sys.executable, str(PROBES / "python_requests.py")),
    "httpx": (sys.executable, str(PROBES / "python_httpx.py")),
    "aiohttp": (sys.executable, str(PROBES / "python_aiohttp.py")),
    "urllib": (sys.executable, str(PROBES / "python_urllib.py")),
    "http.client": (sys.executable, "-c", HTTP_CLIENT),
    "ruby": ("ruby", str(PROBES / "ruby_net_http.rb")),
    "php": ("php", str(PROBES / "php_curl.php")),
}
FOUND = {name: words for name, words in CLIENTS.items() if shutil.which("curl" if name == "curl" else words[0])}


@pytest.fixture(scope="module")
def replaying(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProxy]:
    """A proxy with a cassette in a folder of its cassette directory."""
    folder = tmp_path_factory.mktemp("replaying")
    (folder / "cassettes" / "checkout").mkdir(parents=True)
    (folder / "cassettes" / "checkout" / "a.yaml").write_text(CASSETTE)
    options = ("--set", "twilio_allow_playback_repeats=true")
    with running_proxy(folder, *options, confdir=home) as running:
        yield running


@pytest.mark.parametrize("words", FOUND.values(), ids=list(FOUND))
def test_a_cassette_in_a_folder_is_played(words: tuple[str, ...], replaying: RunningProxy, home: Path) -> None:
    asked = command_line("env", "--url", replaying.url, "--cassette", "checkout/a")
    script = 'text=$("$@") && eval "$text" && eval "$COMMAND"'
    command = shlex.join(words)
    done = subprocess.run(
        ["sh", "-c", script, "sh", *asked],
        env=environment(home, COMMAND=command),
        capture_output=True,
        text=True,
        check=False,
    )
    assert SID in done.stdout, done.stdout + done.stderr
