import pytest

from howto.orders import confirm
from twilio_test_proxy.pytest_plugin import TwilioProxy


# Recorded once, with `pytest --twilio-forward-live`; replayed ever since, for without that option nothing is sent.
@pytest.mark.twilio_cassette("confirmation", record_mode="once")
def test_which_cassette_and_record_mode_are_in_force(twilio_proxy: TwilioProxy) -> None:
    assert confirm("+14108675309").startswith("SM")
    assert str(twilio_proxy.cassette).endswith("/cassettes/test_howto_record_a_cassette/confirmation.yaml")
    assert twilio_proxy.record_mode in ("none", "once")
