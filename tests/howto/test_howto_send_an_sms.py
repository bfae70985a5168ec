from howto.orders import confirm
from twilio_test_proxy.pytest_plugin import TwilioProxy


def test_a_confirmation_is_sent(twilio_proxy: TwilioProxy) -> None:
    assert confirm("+14108675309").startswith("SM")
