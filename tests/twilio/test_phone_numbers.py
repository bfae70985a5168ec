import pytest

from twilio_test_proxy.twilio import api, phone_numbers
from twilio_test_proxy.twilio.phone_numbers import e164, formatted, magic_candidate

from .asking import code_of, created, post, request

VALID = {
    "E.164": ("+14108675309", "+14108675309"),
    "national": ("4108675309", "+14108675309"),
    "national, recorded": ("5039846049", "+15039846049"),
    "country code without +": ("14108675309", "+14108675309"),
    "hyphens, recorded": ("917-309-5698", "+19173095698"),
    "spaces and brackets, recorded": ("+1 (917) 309-5698", "+19173095698"),
    "brackets, recorded": ("(708)503-8000", "+17085038000"),
    "dots, recorded": ("708.503.8000", "+17085038000"),
    "slashes": ("410/867/5309", "+14108675309"),
    "+ lost to form decoding": (" 14108675309", "+14108675309"),
    "surrounding whitespace": ("\t410 867 5309 \n", "+14108675309"),
    "no-break spaces": ("+1\u00a0410\u00a0867\u00a05309", "+14108675309"),
    "full-width digits": ("\uff0b\uff11\uff14\uff11\uff10\uff18\uff16\uff17\uff15\uff13\uff10\uff19", "+14108675309"),
    "Arabic digits": ("\u0664\u0661\u0660\u0668\u0666\u0667\u0665\u0663\u0660\u0669", "+14108675309"),
    "letters": ("1-800-FLOWERS", "+18003569377"),
    "lower-case letters": ("1-800-flowers", "+18003569377"),
    "letters after +": ("+1 800 GOOGOOL", "+18004664665"),
    "extension x": ("+1 410 867 5309 x12", "+14108675309"),
    "extension ext.": ("+1 410 867 5309 ext. 12", "+14108675309"),
    "extension spelt out": ("410-867-5309 extension 1234", "+14108675309"),
    "extension #": ("4108675309 #3", "+14108675309"),
    "extension ;ext=": ("4108675309;ext=5", "+14108675309"),
    "London": ("+44 20 7946 0958", "+442079460958"),
    "London with its trunk zero": ("+44 (0)20 7946 0958", "+442079460958"),
    "dialled from the US": ("011 44 20 7946 0958", "+442079460958"),
    "Cambodia": ("+85512239137", "+85512239137"),
    "Toronto": ("416-555-0134", "+14165550134"),
}
INVALID = {
    "empty": "",
    "blank": " ",
    "one digit": "1",
    "very short, recorded": "111",
    "very short, recorded too": "123",
    "short with +": "+123",
    "seven digits, recorded": "1111111",
    "one digit too few": "+1410867530",
    "one digit too many": "+141086753090",
    "very long": "+1" + "4108675309" * 3,
    "longer than any number": "4" * 251,
    "area code that does not exist": "+11234567890",
    "recorded with its extension": "+11-764-112-0182 x0891",
    "country code that does not exist": "+9994108675309",
    "London without + or country code": "020 7946 0958",
    "letters of a word": "gdygadba",
    "few letters": "abc",
    "many letters": "thisisnotaphonenumber",
    "an e-mail address": "me@example.com",
    "two plus signs only": "++",
    "a client": "client:+14108675309",
    "a SIP address": "sip:4108675309@example.com",
    "a channel address": "whatsapp:+14108675309",
    "an emoji": "\U0001f600",
    "NUL": "\0",
}


@pytest.mark.parametrize(("number", "expected"), VALID.values(), ids=VALID)
def test_valid(number: str, expected: str) -> None:
    assert e164(number) == expected


@pytest.mark.parametrize("number", INVALID.values(), ids=INVALID)
def test_invalid(number: str) -> None:
    assert e164(number) is None


@pytest.mark.parametrize("resource", ["Messages", "SMS/Messages", "Calls"])
@pytest.mark.parametrize(("number", "expected"), VALID.values(), ids=VALID)
def test_a_recipient_comes_back_in_e164(resource: str, number: str, expected: str) -> None:
    parameters = {"To": number, "From": "+15005550006", "Body": "Hi", "Url": "http://example.com/"}

    assert created(post(resource, parameters))["to"] == expected


@pytest.mark.parametrize("number", [number for number in INVALID.values() if number])
def test_an_invalid_recipient_is_quoted_as_sent(number: str) -> None:
    answer = post("Messages", {"To": number, "From": "+15005550006", "Body": "Hi"})

    assert answer.error
    assert str(answer.error) == f"21211: The 'To' number {number} is not a valid phone number."


@pytest.mark.parametrize("resource", ["Messages", "SMS/Messages", "Calls"])
def test_a_plus_that_was_not_encoded(resource: str) -> None:
    """`curl -d From=+1500…` sends a plus sign, which a form reads as a space."""
    body = b"From=+15005550006&To=+14108675309&Body=Hi&Twiml=x"
    answer = api.answer(request(resource, body=body))

    fields = created(answer)
    assert (fields["to"], fields["from"]) == ("+14108675309", "15005550006")


def test_the_longest_number_read() -> None:
    """libphonenumber reads no more than 250 characters."""
    assert e164("4108675309".rjust(250)) == "+14108675309"
    assert e164("4108675309".rjust(251)) is None
    assert magic_candidate("5005550006".rjust(250)) == "+15005550006"
    assert magic_candidate("5005550006".rjust(251)) is None


def test_longer_text_is_not_remembered() -> None:
    before = phone_numbers._e164.cache_info().currsize, phone_numbers._magic_candidate.cache_info().currsize
    e164("4" * 900_000)
    magic_candidate("4" * 900_000)
    assert (phone_numbers._e164.cache_info().currsize, phone_numbers._magic_candidate.cache_info().currsize) == before


MAGIC = {
    "E.164": "+15005550006",
    "national, recorded": "5005550006",
    "country code without +, recorded": "15005550006",
    "+ without country code, recorded": "+5005550006",
    "+ lost to form decoding": " 15005550006",
    "punctuation": "+1 (500) 555-0006",
    "dots": "500.555.0006",
    "letters": "+1 500 JJJ 000M",
    "extension": "+15005550006 x12",
    "full-width digits": "\uff15\uff10\uff10\uff15\uff15\uff15\uff10\uff10\uff10\uff16",
}


@pytest.mark.parametrize("number", MAGIC.values(), ids=MAGIC)
def test_a_magic_number_is_recognised_after_normalisation(number: str) -> None:
    assert magic_candidate(number) == "+15005550006"


@pytest.mark.parametrize("resource", ["Messages", "SMS/Messages", "Calls"])
@pytest.mark.parametrize("number", [number for number in MAGIC.values() if not number.startswith(" ")])
def test_a_magic_sender_passes_in_every_form_and_is_echoed_as_sent(resource: str, number: str) -> None:
    parameters = {"To": "+14108675309", "From": number, "Body": "Hi", "Url": "http://example.com/"}

    assert created(post(resource, parameters))["from"] == number


@pytest.mark.parametrize("number", ["5005550001", "15005550001", "+5005550001", "(500) 555-0001", " 15005550001"])
def test_a_magic_recipient_errs_in_every_form(number: str) -> None:
    parameters = {"To": number, "From": "+15005550006", "Url": "http://example.com/", "PhoneNumber": number}

    assert code_of(post("Messages", parameters)) == 21211
    assert code_of(post("Calls", parameters)) == 21217
    assert code_of(post("IncomingPhoneNumbers", parameters)) == 21421


@pytest.mark.parametrize(
    "number",
    ["", "+14108675309", "+1500555000", "+150055500060", "+25005550006", "+1150055500", "0015005550006", "5" * 300],
)
def test_no_magic_number(number: str) -> None:
    assert magic_candidate(number) is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+14108675309", "(410) 867-5309"),
        ("410.867.5309", "(410) 867-5309"),
        ("+15005550006", "(500) 555-0006"),
        ("+5005550006", "(500) 555-0006"),
        ("+442079460958", "+442079460958"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+85512239137", "+85512239137"),
        ("client:alice", "client:alice"),
        ("sip:alice@example.com", "sip:alice@example.com"),
        ("", ""),
    ],
)
def test_formatted(number: str, shown: str) -> None:
    assert formatted(number) == shown
