from collections.abc import Mapping
from pathlib import Path

import pytest

from twilio_test_proxy.certificates import bundle
from twilio_test_proxy.certificates.trust import TrustFiles
from twilio_test_proxy.cli import environment

URL = "http://127.0.0.1:43210"
TRUST = TrustFiles(
    certificate=Path("/t/proxy-ca.pem"),
    bundle=Path("/t/ca-bundle.pem"),
    truststore=Path("/t/ca-bundle.p12"),
    php=Path("/t/php"),
    wgetrc=Path("/t/wgetrc"),
)


def variables(base: Mapping[str, str] | None = None, trust: TrustFiles = TRUST) -> dict[str, str]:
    return environment.variables(URL, trust, base or {})


@pytest.mark.parametrize(
    "name",
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "TWILIO_TEST_PROXY_URL"],
)
def test_names_the_proxy(name: str) -> None:
    assert variables({name: "http://corporate:3128"})[name] == URL


@pytest.mark.parametrize("name", bundle.CA_FILE_VARIABLES)
def test_names_the_bundle(name: str) -> None:
    assert variables()[name] == "/t/ca-bundle.pem"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param("", "localhost,127.0.0.1", id="none of the user's own"),
        pytest.param("db.internal,10.0.0.0/8", "db.internal,10.0.0.0/8,localhost,127.0.0.1", id="kept"),
        pytest.param("a.test b.test", "a.test,b.test,localhost,127.0.0.1", id="separated by blanks"),
        pytest.param("localhost", "localhost,127.0.0.1", id="each once"),
        pytest.param("*", "localhost,127.0.0.1", id="everything"),
        pytest.param("*,db.internal", "db.internal,localhost,127.0.0.1", id="everything, and one"),
        pytest.param("twilio.com", "localhost,127.0.0.1", id="twilio.com"),
        pytest.param(".twilio.com", "localhost,127.0.0.1", id="dot twilio.com"),
        pytest.param("*.twilio.com", "localhost,127.0.0.1", id="star twilio.com"),
        pytest.param("API.Twilio.com:443", "localhost,127.0.0.1", id="one host with a port"),
        pytest.param(".com", "localhost,127.0.0.1", id="all of .com"),
        pytest.param("com", "localhost,127.0.0.1", id="com, as suffix"),
        pytest.param("twilio-test-proxy.test", "localhost,127.0.0.1", id="the proxy's own page"),
        pytest.param("nottwilio.com", "nottwilio.com,localhost,127.0.0.1", id="a name that ends alike"),
        pytest.param("o.com", "o.com,localhost,127.0.0.1", id="the end of a label is no suffix"),
        pytest.param("[::1]:8080,::1", "[::1]:8080,::1,localhost,127.0.0.1", id="IPv6"),
    ],
)
def test_no_proxy(own: str, expected: str) -> None:
    found = variables({"NO_PROXY": own})
    assert (found["NO_PROXY"], found["no_proxy"]) == (expected, expected)


def test_no_proxy_of_both_cases() -> None:
    assert variables({"no_proxy": "a.test", "NO_PROXY": "b.test"})["NO_PROXY"] == "a.test,b.test,localhost,127.0.0.1"


def test_java() -> None:
    options = variables({"JAVA_TOOL_OPTIONS": "-Xmx1g -Dhttps.proxyHost=corporate"})["JAVA_TOOL_OPTIONS"].split()
    # The last of two wins.
    assert options == [
        "-Xmx1g",
        "-Dhttps.proxyHost=corporate",
        "-Dhttps.proxyHost=127.0.0.1",
        "-Dhttps.proxyPort=43210",
        "-Dhttp.proxyHost=127.0.0.1",
        "-Dhttp.proxyPort=43210",
        "-Djavax.net.ssl.trustStore=/t/ca-bundle.p12",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    ]


def test_java_with_a_blank_in_the_path() -> None:
    trust = TrustFiles(*[Path("/my files/x")] * 5)
    assert '"-Djavax.net.ssl.trustStore=/my files/x"' in variables(trust=trust)["JAVA_TOOL_OPTIONS"]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param({}, ":/t/php", id="beside the compiled-in directory"),
        pytest.param({"PHP_INI_SCAN_DIR": "/etc/php"}, "/etc/php:/t/php", id="beside the user's"),
        pytest.param({"PHP_INI_SCAN_DIR": ":/t/php"}, ":/t/php", id="once"),
    ],
)
def test_php(own: Mapping[str, str], expected: str) -> None:
    assert variables(own)["PHP_INI_SCAN_DIR"] == expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param({}, "{hook}", id="alone"),
        pytest.param({"PYTHONPATH": "/mine"}, "{hook}:/mine", id="before the user's"),
        pytest.param({"PYTHONPATH": "{hook}:/mine"}, "{hook}:/mine", id="once"),
        # An empty item would mean the working directory.
        pytest.param({"PYTHONPATH": ""}, "{hook}", id="no empty item"),
    ],
)
def test_python_hook(own: Mapping[str, str], expected: str) -> None:
    hook = str(environment.HOOKS / "python")
    base = {name: value.format(hook=hook) for name, value in own.items()}
    assert variables(base)["PYTHONPATH"] == expected.format(hook=hook)
    assert (Path(hook) / "sitecustomize.py").is_file()


def test_node_preload() -> None:
    options = variables({"NODE_OPTIONS": "--max-old-space-size=4096"})["NODE_OPTIONS"]
    first, require, path = options.split()
    assert (first, require) == ("--max-old-space-size=4096", "--require")
    assert Path(path).is_file()


def test_node_preload_with_a_blank_in_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "HOOKS", Path('/my "files"'))
    assert variables()["NODE_OPTIONS"] == '--require "/my \\"files\\"/node/preload.js"'


def test_one_run_inside_another_adds_nothing_twice() -> None:
    own = {"NODE_OPTIONS": "-x", "PYTHONPATH": "/mine", "PHP_INI_SCAN_DIR": "/etc/php", "NO_PROXY": "a.test"}
    once = variables(own)
    assert variables(once) == once


def isolated(base: Mapping[str, str] | None = None) -> dict[str, str]:
    return environment.isolated_variables(URL, TRUST, base or {})


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy", "ALL_PROXY", "TWILIO_TEST_PROXY_URL"])
def test_isolated_names_the_proxy_inside(name: str) -> None:
    assert isolated({name: "http://corporate:3128"})[name] == URL


@pytest.mark.parametrize("name", bundle.CA_FILE_VARIABLES)
def test_isolated_names_the_bundle(name: str) -> None:
    assert isolated({name: "/their/own.pem"})[name] == "/t/ca-bundle.pem"


@pytest.mark.parametrize("name", ["PYTHONPATH", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "PHP_INI_SCAN_DIR", "WGETRC"])
def test_isolated_leaves_alone_what_only_the_unisolated_need(name: str) -> None:
    assert name not in isolated()
