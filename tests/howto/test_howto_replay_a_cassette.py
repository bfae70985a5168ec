import pytest

from howto.orders import confirm, state


@pytest.mark.twilio_cassette
def test_a_confirmation_arrives() -> None:
    sid = confirm("+14108675309")
    assert [state(sid) for _ in range(3)] == ["sending", "sent", "delivered"]
