from datetime import UTC, datetime

import pytest

from twilio_test_proxy.twilio.creation import Created, Creation
from twilio_test_proxy.twilio.forms import Form
from twilio_test_proxy.twilio.responses import Format

from .asking import ACCOUNT_SID


@pytest.mark.parametrize(
    ("format_", "uri"),
    [
        (Format.JSON, f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/CA1.json"),
        (Format.XML, f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/CA1"),
    ],
)
def test_a_uri_has_an_extension_in_json_only(format_: Format, uri: str) -> None:
    creation = Creation(ACCOUNT_SID, Form(()), format_, datetime(2012, 10, 10, tzinfo=UTC))

    assert creation.uri("Calls/CA1") == uri


def test_what_was_created_keeps_twilios_order() -> None:
    created = Created("Call", {"sid": "CA1", "account_sid": ACCOUNT_SID})

    assert list(created.fields) == ["sid", "account_sid"]
