"""Every row of the tables of Twilio's document "REST API: Test Credentials", asked of every resource that has it."""

import pytest

from twilio_test_proxy.twilio import magic

from .asking import GOOD_FROM, REGULAR, VALID, created, created_xml, error_body, post

Row = tuple[str, str, str, str, str]

# The document's words: resource, parameter, value, description, error code.
DOCUMENT: tuple[Row, ...] = (
    ("IncomingPhoneNumbers", "PhoneNumber", "+15005550000", "This phone number is unavailable.", "21422"),
    ("IncomingPhoneNumbers", "PhoneNumber", "+15005550001", "This phone number is invalid.", "21421"),
    ("IncomingPhoneNumbers", "PhoneNumber", "+15005550006", "This phone number is valid and available.", "No error"),
    ("IncomingPhoneNumbers", "AreaCode", "533", "This area code doesn't have any available phone numbers.", "21452"),
    ("IncomingPhoneNumbers", "AreaCode", "500", "This area code has an available number.", "No error"),
    ("SMS/Messages", "From", "+15005550001", "This phone number is invalid.", "21212"),
    (
        "SMS/Messages",
        "From",
        "+15005550007",
        "This phone number is not owned by your account or is not SMS-capable.",
        "21606",
    ),
    ("SMS/Messages", "From", "+15005550008", "This number has an SMS message queue that is full.", "21611"),
    ("SMS/Messages", "From", "+15005550006", "This number passes all validation.", "No error"),
    (
        "SMS/Messages",
        "From",
        "All Others",
        "This phone number is not owned by your account or is not SMS-capable.",
        "21606",
    ),
    ("SMS/Messages", "To", "+15005550001", "This phone number is invalid.", "21211"),
    ("SMS/Messages", "To", "+15005550002", "Twilio cannot route to this number.", "21612"),
    (
        "SMS/Messages",
        "To",
        "+15005550003",
        "Your account doesn't have the international permissions necessary to SMS this number.",
        "21408",
    ),
    ("SMS/Messages", "To", "+15005550004", "This number is blacklisted for your account.", "21610"),
    ("SMS/Messages", "To", "+15005550009", "This number is incapable of receiving SMS messages.", "21614"),
    ("SMS/Messages", "To", "All Others", "Any other phone number is validated normally.", "Input-dependent"),
    ("Calls", "From", "+15005550001", "This phone number is invalid.", "21212"),
    ("Calls", "From", "+15005550006", "This number is a valid From number for your account.", "No error"),
    ("Calls", "From", "All Others", "The phone number is not verified for your account.", "21210"),
    ("Calls", "To", "+15005550001", "This phone number is invalid.", "21217"),
    ("Calls", "To", "+15005550002", "Twilio cannot route to this number.", "21214"),
    (
        "Calls",
        "To",
        "+15005550003",
        "Your account doesn't have the international permissions necessary to call this number.",
        "21215",
    ),
    ("Calls", "To", "+15005550004", "This number is blacklisted for your account.", "21216"),
    ("Calls", "To", "All Others", "Any other phone number is validated normally.", "Input-dependent"),
)

NOT_OWNED = "is not a valid, SMS-capable inbound phone number or short code for your account."

# What Twilio answers to each row that leads to an error.
TEXTS = {
    ("IncomingPhoneNumbers", "21422"): "+15005550000 is not available",
    ("IncomingPhoneNumbers", "21421"): "+15005550001 is not a valid number",
    ("IncomingPhoneNumbers", "21452"): "No phone numbers found",
    (
        "Messages",
        "21212",
    ): "The 'From' number +15005550001 is not a valid phone number, shortcode, or alphanumeric sender ID.",
    ("Messages", "21606"): "The From phone number {value} " + NOT_OWNED,
    ("Messages", "21611"): "SMS queue is full.",
    ("Messages", "21211"): "The 'To' number +15005550001 is not a valid phone number.",
    (
        "Messages",
        "21612",
    ): "The 'To' phone number: +15005550002, is not currently reachable using the 'From' phone number: "
    "+15005550006 via SMS.",
    (
        "Messages",
        "21408",
    ): "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: +15005550003.",
    ("Messages", "21610"): "The message From/To pair violates a blacklist rule.",
    ("Messages", "21614"): "To number: +15005550009, is not a mobile number",
    ("Calls", "21212"): "From is not a valid phone number: +15005550001",
    (
        "Calls",
        "21210",
    ): "The source phone number provided, {value}, is not yet verified for your account. You may only make calls "
    "from phone numbers that you've verified or purchased from Twilio.",
    ("Calls", "21217"): "The phone number you are attempting to call, +15005550001, is not valid.",
    ("Calls", "21214"): "'To' phone number cannot be reached",
    (
        "Calls",
        "21215",
    ): "Account not authorized to call +15005550003. Perhaps you need to enable some international permissions: "
    "https://www.twilio.com/console/voice/calls/geo-permissions/low-risk",
    ("Calls", "21216"): "Account not allowed to call +15005550004",
}

OTHER_SENDER = "+14155550123"  # a number that is in no table

# SMS/Messages and its successor Messages share their tables.
ROWS: list[Row] = [*DOCUMENT, *(("Messages", *row[1:]) for row in DOCUMENT if row[0] == "SMS/Messages")]

every_row = pytest.mark.parametrize("row", ROWS, ids=" ".join)


def text_of(resource: str, code: str, value: str) -> str:
    return TEXTS[resource.removeprefix("SMS/"), code].format(value=value)


@every_row
def test_row(row: Row) -> None:
    check_row(row, ".json")


@every_row
def test_row_in_xml(row: Row) -> None:
    check_row(row, ".xml")


@every_row
def test_row_without_extension(row: Row) -> None:
    check_row(row, "")


def check_row(row: Row, extension: str) -> None:
    resource, parameter, value, _, code = row
    if value == "All Others":
        value = REGULAR if parameter == "To" else OTHER_SENDER
    parameters = {parameter: value} if parameter == "AreaCode" else {**VALID[resource], parameter: value}

    answer = post(resource, parameters, extension)

    if code in ("No error", "Input-dependent"):
        read = created if extension == ".json" else created_xml
        assert len(read(answer)) > 10
        return
    status = 429 if code == "21611" else 400
    assert answer.response.status == status
    assert answer.response.body == error_body(extension, status, int(code), text_of(resource, code, value))


@pytest.mark.parametrize("resource", ["SMS/Messages", "Messages"])
@pytest.mark.parametrize("sender", ["+123", "1111111", "12345", "Acme", "+447911123456", "+15005550002", REGULAR])
def test_all_other_senders_of_messages_are_not_owned(resource: str, sender: str) -> None:
    answer = post(resource, {**VALID[resource], "From": sender})

    assert answer.response.body == error_body(".json", 400, 21606, f"The From phone number {sender} {NOT_OWNED}")


@pytest.mark.parametrize("sender", ["+123", "1111111", "client:alice", "+447911123456", "+15005550007", REGULAR])
def test_all_other_callers_are_not_verified(sender: str) -> None:
    answer = post("Calls", {**VALID["Calls"], "From": sender})

    assert answer.response.body == error_body(".json", 400, 21210, text_of("Calls", "21210", sender))


@pytest.mark.parametrize("resource", ["SMS/Messages", "Messages", "Calls"])
def test_all_other_recipients_are_validated_normally(resource: str) -> None:
    code = 21217 if resource == "Calls" else 21211

    valid = post(resource, {**VALID[resource], "To": "+442079460958"})
    invalid = post(resource, {**VALID[resource], "To": "+442079460958000"})

    assert created(valid)["to"] == "+442079460958"
    assert invalid.response.status == 400
    assert f'"code": {code}' in invalid.response.body.decode()


@pytest.mark.parametrize("last", range(10))
def test_a_magic_number_of_one_table_means_nothing_in_another(last: int) -> None:
    number = f"+1500555000{last}"
    recipient_codes = {1: 21211, 2: 21612, 3: 21408, 4: 21610, 9: 21614}
    sender_codes = {1: 21212, 6: 0, 8: 21611}

    to = post("Messages", {**VALID["Messages"], "To": number})
    from_ = post("Messages", {**VALID["Messages"], "From": number})

    assert (to.error.error.code if to.error else 0) == recipient_codes.get(last, 0)
    assert (from_.error.error.code if from_.error else 0) == sender_codes.get(last, 21606)


@pytest.mark.parametrize("number", ["+15005550005", "+15005550006", "+15005550007", "+15005550010", "+15005555555"])
def test_recorded_ordinary_recipients_that_look_magic(number: str) -> None:
    assert created(post("Messages", {**VALID["Messages"], "To": number}))["to"] == number


def test_the_code_has_the_rows_of_the_document_in_its_order() -> None:
    rows = []
    for table in magic.TABLES:
        rows += [(table.resource, table.parameter, *row) for row in magic.listed(table)]

    assert tuple(rows) == DOCUMENT


def test_a_table_finds_its_rows_by_value() -> None:
    row = magic.MESSAGE_FROM.row(GOOD_FROM)

    assert row is magic.MESSAGE_FROM.rows[3]
    assert magic.MESSAGE_FROM.row("+15005550002") is None
    assert magic.MESSAGE_FROM.row(None) is None


def test_the_magic_numbers_are_those_of_the_document() -> None:
    assert {value for _, _, value, _, _ in DOCUMENT if value.startswith("+")} == magic.NUMBERS
