import json

import pytest

from twilio_test_proxy.cassettes.differences import differences
from twilio_test_proxy.cassettes.explanation import Miss, MissReason
from twilio_test_proxy.cassettes.interaction import Request
from twilio_test_proxy.page.comparison import MAX_ROWS, MAX_VALUE, Compared, compare, in_short

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
JSON = (("Content-Type", "application/json"),)
URL = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json"


def missed(asked: Request, closest: Request | None, reason: MissReason = MissReason.DIFFERENT) -> Miss:
    found = differences(closest, asked) if closest else ()
    return Miss("a.yaml", asked, reason, closest, 7 if closest else 0, found, 1)


def test_a_form_is_compared_field_by_field_and_equal_fields_are_there_too() -> None:
    recorded = Request("POST", URL, FORM, b"To=%2B1&From=%2B2&Gone=x")
    asked = Request("POST", URL, FORM, b"From=%2B2&To=%2B3&New=y")
    assert compare(missed(asked, recorded)) == [
        Compared("method", "POST", "POST", False),
        Compared("URL", URL, URL, False),
        Compared("From", "+2", "+2", False),
        Compared("Gone", "x", None, True),
        Compared("To", "+1", "+3", True),
        Compared("New", None, "y", True),
    ]


def test_what_matching_takes_for_equal_is_not_marked() -> None:
    recorded = Request("POST", f"{URL}?b=2&a=1", JSON, b'{"x": 1.0, "y": [true, {"z": null}]}')
    asked = Request(
        "POST", f"{URL.replace('api.twilio', 'API.twilio')}?a=1&b=2", JSON, b'{"y":[true,{"z":null}],"x":1}'
    )
    rows = compare(missed(asked, recorded))
    assert [row.field for row in rows] == ["method", "URL", "query a", "query b", "$.x", "$.y[0]", "$.y[1].z"]
    assert not [row for row in rows if row.differs]


def test_json_is_compared_leaf_by_leaf() -> None:
    recorded, asked = (
        Request("POST", URL, JSON, json.dumps(body).encode()) for body in ({"a": [1, []]}, {"a": [2, []]})
    )
    assert compare(missed(asked, recorded))[2:] == [
        Compared("$.a[0]", "1", "2", True),
        Compared("$.a[1]", "[]", "[]", False),
    ]


def test_fields_that_repeat_stay_together() -> None:
    recorded, asked = Request("GET", f"{URL}?a=1&a=2"), Request("GET", f"{URL}?a=1")
    assert compare(missed(asked, recorded))[2] == Compared("query a", "1\n2", "1", True)


def test_another_port_is_seen_in_the_url() -> None:
    recorded, asked = Request("GET", "https://api.twilio.com/x"), Request("GET", "https://api.twilio.com:8443/x")
    assert compare(missed(asked, recorded))[1] == Compared(
        "URL", "https://api.twilio.com/x", "https://api.twilio.com:8443/x", True
    )


def test_any_other_body_is_compared_as_text() -> None:
    recorded, asked = (Request("PUT", URL, (("Content-Type", "text/plain"),), body) for body in (b"one", b"\xff"))
    assert compare(missed(asked, recorded))[2] == Compared("body", "one", "\ufffd", True)


def test_a_difference_late_in_a_long_value_stays_in_sight() -> None:
    same = "x" * 3000
    recorded, asked = (Request("POST", URL, FORM, f"Body={same}{end}".encode()) for end in ("old", "new"))
    row = compare(missed(asked, recorded))[2]
    assert (row.recorded, row.asked) == (f"…{'x' * 80}old", f"…{'x' * 80}new")


def test_a_long_value_that_is_equal_is_cut() -> None:
    request = Request("POST", URL, FORM, b"Body=" + b"x" * 3000)
    row = compare(missed(request, request))[2]
    assert row == Compared("Body", "x" * MAX_VALUE + "…", "x" * MAX_VALUE + "…", False)


def test_of_many_fields_those_that_differ_are_shown() -> None:
    fields = {f"field{number:04}": 0 for number in range(1000)}
    recorded = Request("POST", URL, JSON, json.dumps(fields).encode())
    asked = Request("POST", URL, JSON, json.dumps(fields | {"field0999": 1}).encode())
    rows = compare(missed(asked, recorded))
    assert len(rows) == MAX_ROWS
    assert rows[0] == Compared("$.field0999", "0", "1", True)


def test_where_nothing_similar_is_recorded_there_is_nothing_to_compare() -> None:
    assert compare(missed(Request("GET", URL), None, MissReason.NOTHING_SIMILAR)) == []


@pytest.mark.parametrize(
    ("miss", "text"),
    [
        pytest.param(
            missed(Request("GET", f"{URL}?a=2"), Request("GET", f"{URL}?a=1")),
            "closest is 7: query a: recorded 1, asked 2", id="different",
        ),
        pytest.param(
            missed(Request("GET", "https://api.twilio.com/x"), Request("GET", URL)),
            "closest is 7: path: recorded /2010-04-01/Accounts/AC…/Messages.json, asked /x", id="another path",
        ),
        pytest.param(
            missed(Request("GET", URL), Request("GET", URL), MissReason.ALREADY_PLAYED),
            "already played, as interaction 7", id="already played",
        ),
        pytest.param(
            missed(Request("GET", URL), None, MissReason.NOTHING_SIMILAR),
            "nothing is recorded for a similar path", id="nothing similar",
        ),
        pytest.param(
            missed(Request("GET", URL), None, MissReason.NO_CASSETTE),
            f"There is no cassette a.yaml to answer GET {URL}.", id="no cassette",
        ),
    ],
)  # fmt: skip
def test_the_reason_in_short(miss: Miss, text: str) -> None:
    assert in_short(miss) == text
