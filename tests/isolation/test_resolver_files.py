import pytest

from twilio_test_proxy.isolation import resolver_files


def test_hosts_keeps_the_users_entries_and_adds_twilios() -> None:
    lines = resolver_files.hosts("127.0.0.1 localhost\n::1 ip6-localhost # mine\n10.0.0.5 db\n").splitlines()
    assert lines[:3] == ["127.0.0.1 localhost", "::1 ip6-localhost # mine", "10.0.0.5 db"]
    assert "127.0.0.1 api.twilio.com" in lines
    assert "127.0.0.1 verify.twilio.com" in lines
    assert "127.0.0.1 twilio-test-proxy.test" in lines


@pytest.mark.parametrize(
    "line",
    [
        "203.0.113.9 api.twilio.com",
        "203.0.113.9\tmine API.Twilio.com",
        "::1 api.dublin.ie1.twilio.com",
        "203.0.113.9 twilio.com",
    ],
)
def test_hosts_drops_entries_that_lead_twilio_elsewhere(line: str) -> None:
    assert line not in resolver_files.hosts(f"127.0.0.1 localhost\n{line}\n").splitlines()


@pytest.mark.parametrize(
    "line", ["203.0.113.9 nottwilio.com", "203.0.113.9 twilio.com.example", "# 1.2.3.4 api.twilio.com", ""]
)
def test_hosts_keeps_other_lines(line: str) -> None:
    assert line in resolver_files.hosts(f"127.0.0.1 localhost\n{line}\n").splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "passwd: files systemd\nhosts: files mymachines resolve [!UNAVAIL=return] myhostname dns\ngroup: files\n",
        "passwd: files systemd\n  hosts :  mdns4_minimal [NOTFOUND=return] dns\ngroup: files\n",
        "passwd: files systemd\ngroup: files\n",
    ],
    ids=["systemd-resolved", "multicast DNS", "no line"],
)
def test_name_service_switch_asks_files_and_dns_only(text: str) -> None:
    assert resolver_files.name_service_switch(text) == "passwd: files systemd\ngroup: files\nhosts: files dns\n"


def test_resolv_conf_names_the_proxy_and_no_search_domain() -> None:
    assert resolver_files.RESOLV_CONF == "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"
