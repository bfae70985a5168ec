import pytest
from twilio.base.exceptions import TwilioRestException

from howto.orders import confirm


@pytest.mark.usefixtures("twilio_proxy")
@pytest.mark.parametrize(("number", "code"), [("+15005550001", 21211), ("+15005550009", 21614)])
def test_a_number_that_cannot_be_reached(number: str, code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        confirm(number)
    assert caught.value.code == code
