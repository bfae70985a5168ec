import pytest

from isolation import inside
from twilio_test_proxy.isolation import loopback

ADDRESSES = """
import json, socket
from twilio_test_proxy.isolation import loopback, namespaces
namespaces.enter_user_namespace()
namespaces.enter_network_namespace()
loopback.bring_up()
def attempt(address, family=socket.AF_INET):
    with socket.socket(family) as client:
        client.settimeout(5)
        try:
            with socket.create_server((address, 0), family=family) as server:
                client.connect(server.getsockname())
        except OSError as error:
            return error.strerror
    return "connected"
def outside(address):
    with socket.socket() as client:
        client.settimeout(5)
        try:
            client.connect((address, 443))
        except OSError as error:
            return error.strerror
found = {address: attempt(address) for address in ("127.0.0.1", "127.9.9.9", "192.0.2.1")}
found["::1"] = attempt("::1", socket.AF_INET6)
found |= {address: outside(address) for address in ("192.0.2.2", "10.0.0.1", "198.51.100.7")}
print(json.dumps(found))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_loopback_is_all_there_is(user: str) -> None:
    assert inside.answer(ADDRESSES, user=user) == {
        "127.0.0.1": "connected",
        "127.9.9.9": "connected",
        "192.0.2.1": "connected",
        "::1": "connected",
        "192.0.2.2": "Network is unreachable",
        "10.0.0.1": "Network is unreachable",
        "198.51.100.7": "Network is unreachable",
    }


ADDRCONFIG = """
import json, socket
from twilio_test_proxy.isolation import loopback, namespaces
namespaces.enter_user_namespace()
namespaces.enter_network_namespace()
loopback.bring_up()
found = socket.getaddrinfo("localhost", 443, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
print(json.dumps(found[0][4]))
"""


def test_resolver_that_wants_a_configured_address_finds_one() -> None:
    assert inside.answer(ADDRCONFIG) == ["127.0.0.1", 443]


def test_refusal_without_the_right_to_configure() -> None:
    done = inside.run(
        "import os; from twilio_test_proxy.isolation import loopback;"
        "os.geteuid() == 0 and (os.setresgid(65534, 65534, 65534), os.setresuid(65534, 65534, 65534));"
        "loopback.bring_up()"
    )
    assert "Cannot isolate the command: no loopback interface (EPERM)" in done.stderr.splitlines()[-1]


def test_second_address_is_for_documentation_only() -> None:
    assert loopback.SECOND_ADDRESS == "192.0.2.1"
