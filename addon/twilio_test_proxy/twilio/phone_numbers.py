"""Phone numbers as Twilio reads and shows them, on libphonenumber (package `phonenumbers`)."""

import re
from functools import lru_cache

import phonenumbers

# Numbers without a leading + are read as North American ones; agrees with every capture (5039846049 -> +15039846049).
DEFAULT_REGION = "US"

_EXTENSION = re.compile(r"(?:;ext=|\s*(?:ext(?:ensio)?n?|x|#)[\s.:]*)\d{1,8}\s*$", re.IGNORECASE)
_MAGIC = re.compile(r"1?(500555\d{4})")
_LONGEST = 250  # libphonenumber refuses longer input; also bounds the work of the regular expressions and the caches


def e164(number: str) -> str | None:
    """The number in E.164, or None where it is no valid phone number.

    Takes every human format: punctuation, spaces, letters as keypad digits (`1-800-FLOWERS`), an extension (dropped),
    a `+` that form decoding turned into a space. Valid is what libphonenumber's `is_valid_number` calls valid.
    """
    return _e164(number) if len(number) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _e164(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(_digits_for_letters(number), DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def magic_candidate(number: str) -> str | None:
    """The number as `+1500555nnnn` where its digits are those of Twilio's magic range, else None.

    `5005550006`, `15005550006` and `+5005550006` were all recorded to pass as the magic `+15005550006`, though the
    last one is no valid phone number.
    """
    return _magic_candidate(number) if len(number) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _magic_candidate(number: str) -> str | None:
    match = _MAGIC.fullmatch(phonenumbers.normalize_digits_only(_digits_for_letters(number)))
    return f"+1{match[1]}" if match else None


def formatted(number: str) -> str:
    """The number as Twilio's `*_formatted` fields show it: `(NPA) NXX-XXXX` for +1, E.164 otherwise.

    Source: captures of Calls (dwilkie-chibi 2012). What is no phone number comes back as it is.
    """
    e164_number = e164(number) or magic_candidate(number)
    if e164_number is None:
        return number
    if not e164_number.startswith("+1"):
        return e164_number
    area, exchange, line = e164_number[2:5], e164_number[5:8], e164_number[8:]
    return f"({area}) {exchange}-{line}"


def _digits_for_letters(number: str) -> str:
    return phonenumbers.convert_alpha_characters_in_number(_EXTENSION.sub("", number))
