import re
import shutil
import subprocess
from pathlib import Path

import pytest

from command_line import PROBES

NODE = shutil.which("node") or "node"


def run(environment: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NODE, *map(str, words)], env=environment, capture_output=True, text=True, check=False)


def has_fetch() -> bool:
    return run({}, "-p", "typeof fetch").stdout == "function\n"


PROGRAMS = ["node_https.js", *(["node_fetch.js"] if shutil.which("node") and has_fetch() else [])]


@pytest.fixture
def preload_alone(hook_alone: dict[str, str], told: dict[str, str]) -> dict[str, str]:
    return {**hook_alone, "NODE_EXTRA_CA_CERTS": told["NODE_EXTRA_CA_CERTS"]}


def test_node_is_on_this_machine() -> None:
    assert shutil.which("node")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_client_that_reads_no_variable_is_led_to_the_proxy(program: str, preload_alone: dict[str, str]) -> None:
    done = run(preload_alone, PROBES / program)
    assert re.fullmatch(r"SM[0-9a-f]{32}\n", done.stdout), done.stdout + done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_is_the_preload_that_does_it(program: str, preload_alone: dict[str, str]) -> None:
    without = {name: value for name, value in preload_alone.items() if name != "NODE_OPTIONS"}
    assert run(without, PROBES / program).returncode == 1


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "wrong",
    [
        {"TWILIO_TEST_PROXY_URL": "nonsense"},
        {"TWILIO_TEST_PROXY_URL": ""},
        {"TWILIO_TEST_PROXY_CA": ""},
        {"TWILIO_TEST_PROXY_URL": "http://127.0.0.1:1"},
    ],
    ids=["no URL", "empty", "no certificate", "no proxy"],
)
def test_wrong_variables_are_the_client_s_own_error(
    program: str, wrong: dict[str, str], preload_alone: dict[str, str]
) -> None:
    """The program's own handler of errors sees it: exit code 1, and no exception that nobody caught."""
    done = run({**preload_alone, **wrong}, PROBES / program)
    assert done.returncode == 1
    assert "node:internal" not in done.stderr.splitlines()[0]
    assert "preload.js" not in done.stderr


OTHER_HOST = """
const http = require('http');
const server = http.createServer((request, answer) => answer.end('direct')).listen(0, '127.0.0.1', async () => {
  const url = 'http://127.0.0.1:' + server.address().port + '/';
  const plain = await new Promise((done) => http.get(url, (answer) => answer.on('data', (part) => done(String(part)))));
  const fetched = typeof fetch === 'function' ? await (await fetch(url)).text() : 'direct';
  console.log(plain, fetched);
  process.exit(0);
});
"""


def test_other_hosts_are_asked_directly(preload_alone: dict[str, str]) -> None:
    done = run(preload_alone, "-e", OTHER_HOST)
    assert done.stdout == "direct direct\n", done.stderr


TWO_HOSTS = """
const url = 'https://api.twilio.com/2010-04-01/Accounts';
(async () => {
  const first = await (await fetch(url)).text();
  const again = await fetch(url, { headers: { authorization: 'Basic x' } });
  let refused = '';
  try { await fetch('https://other.example.invalid/'); } catch (error) { refused = error.cause.code; }
  console.log(first.length > 0, again.status, refused);
})();
"""


@pytest.mark.parametrize("program", [TWO_HOSTS] if "node_fetch.js" in PROGRAMS else [], ids=lambda _: "fetch")
def test_fetch_goes_on_as_ever(program: str, preload_alone: dict[str, str]) -> None:
    done = run(preload_alone, "-e", program)
    assert re.fullmatch(r"true 40[0-9] (ENOTFOUND|EAI_AGAIN)\n", done.stdout), done.stdout + done.stderr


def test_pinned_certificates_get_the_proxy_s_beside_them(preload_alone: dict[str, str], home: Path) -> None:
    program = f"""
    const ca = require('fs').readFileSync('{home}/mitmproxy-ca-cert.pem');
    require('https')
      .get({{ host: 'api.twilio.com', path: '/', ca }}, (answer) => console.log(answer.resume().statusCode))
      .on('error', (error) => console.log(error.message));
    """
    assert re.fullmatch(r"4\d\d\n", run(preload_alone, "-e", program).stdout)


def test_workers_are_led_too(preload_alone: dict[str, str]) -> None:
    program = f"new (require('worker_threads').Worker)('{PROBES / 'node_https.js'}')"
    assert re.fullmatch(r"SM[0-9a-f]{32}\n", run(preload_alone, "-e", program).stdout)
