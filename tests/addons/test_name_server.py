import pytest
from mitmproxy.net.dns import classes, response_codes, types
from mitmproxy.test import tflow

from twilio_test_proxy.addons.name_server import TwilioNameServer, is_known


def answer(name: str, type_: int = types.A, class_: int = classes.IN) -> tuple[int, list[str]]:
    flow = tflow.tdnsflow()
    flow.request.questions[0].name = name
    flow.request.questions[0].type = type_
    flow.request.questions[0].class_ = class_
    TwilioNameServer().dns_request(flow)
    assert flow.response
    assert flow.response.id == flow.request.id
    assert flow.response.packed
    return flow.response.response_code, [str(record) for record in flow.response.answers]


@pytest.mark.parametrize(
    "name",
    [
        "api.twilio.com",
        "API.twilio.COM",
        "api.dublin.ie1.twilio.com",
        "twilio.com",
        "twilio-test-proxy.test",
        "localhost",
        "anything.localhost",
    ],
)
def test_known_name_leads_to_the_proxy(name: str) -> None:
    assert answer(name) == (response_codes.NOERROR, ["127.0.0.1"])


@pytest.mark.parametrize("type_", [types.AAAA, types.HTTPS, types.TXT, types.MX, types.CNAME, types.ANY])
def test_known_name_has_nothing_but_an_ipv4_address(type_: int) -> None:
    assert answer("api.twilio.com", type_) == (response_codes.NOERROR, [])


@pytest.mark.parametrize("name", ["example.com", "nottwilio.com", "api.twilio.com.example.com", "com", ""])
@pytest.mark.parametrize("type_", [types.A, types.AAAA])
def test_other_names_do_not_exist(name: str, type_: int) -> None:
    assert answer(name, type_) == (response_codes.NXDOMAIN, [])


def test_another_class_of_names_has_no_addresses() -> None:
    assert answer("api.twilio.com", class_=classes.CH) == (response_codes.NOERROR, [])


@pytest.mark.parametrize("count", [0, 2])
def test_query_without_one_question(count: int) -> None:
    flow = tflow.tdnsflow()
    flow.request.questions = flow.request.questions * count
    TwilioNameServer().dns_request(flow)
    assert flow.response
    assert flow.response.response_code == response_codes.FORMERR


def test_name_with_a_final_dot_is_known() -> None:
    assert is_known("api.twilio.com.")
