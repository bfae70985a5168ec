import pytest

from twilio_test_proxy.cli import versions


@pytest.mark.parametrize(
    ("version", "warned"),
    [("4.1.0", True), ("4.2.0", True), ("4.3.0", False), ("4.10.0", False), ("5.0", False), ("", False)],
)
def test_h2_remark(version: str, warned: bool) -> None:
    assert ("GHSA-847f-9342-265h" in versions.h2_remark(version)) == warned


def test_parts() -> None:
    found = {part.name: part.version for part in versions.parts()}
    assert list(found) == ["twilio-test-proxy", "Python", "mitmproxy", "h2", "vcrpy", "cryptography", "OpenSSL"]
    assert found["mitmproxy"].split(".")[0] in ("11", "12")
    assert all(version[0].isdigit() for name, version in found.items() if name != "twilio-test-proxy")


def test_a_package_that_is_missing() -> None:
    assert versions.package_version("no-such-package-here") == ""
