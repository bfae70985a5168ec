from howto.orders import confirm
from twilio_test_proxy.pytest_plugin import TwilioProxy


def test_the_customer_is_told_once(twilio_proxy: TwilioProxy) -> None:
    sid = confirm("+14108675309")
    (sent,) = twilio_proxy.requests
    assert (sent.method, sent.status, sent.outcome, sent.sid) == ("POST", 201, "answered", sid)
    assert sent.url.endswith("/Messages.json")
    assert sent.parameters == {
        "From": "+15005550006",
        "To": "+14108675309",
        "Body": "Your order is on its way.",
    }
