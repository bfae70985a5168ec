"""Every error that Twilio's 2010-04-01 API answers here: one row an error, with where its text was seen.

`evidence` tells how certain the text is: `recorded` was captured from Twilio's servers (or is asserted by a test that
ran against them), `documented` stands in Twilio's documentation, `unrecorded` is the most likely text for a code that
Twilio documents but nobody captured.
"""

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["recorded", "documented", "unrecorded"]

MORE_INFO = "https://www.twilio.com/docs/errors/{code}"


@dataclass(frozen=True, slots=True)
class Error:
    """One error of Twilio's API.

    `message` may have placeholders in braces, which `TwilioError` fills in. `source` names the capture or document.
    """

    code: int
    status: int
    message: str
    evidence: Evidence
    source: str
    detail: str | None = None


class TwilioError(Exception):
    """The request ends with this error, answered in Twilio's error envelope."""

    def __init__(self, error: Error, **values: str) -> None:
        self.error = error
        self.message = error.message.format(**values)
        super().__init__(f"{error.code}: {self.message}")


# Account level, in the order in which Twilio checks.

NOT_FOUND = Error(
    20404,
    404,
    "The requested resource {path} was not found",
    "recorded",
    "kevinburke/twilio-go responses_test.go; for a malformed account SID a live test of 2018",
)
_INCORRECT = "Your AccountSid or AuthToken was incorrect."
NO_CREDENTIALS = Error(
    20003,
    401,
    "Authentication Error - No credentials provided",
    "recorded",
    "capture of 2016-01, reported again in 2019, 2020 and 2023",
    _INCORRECT,
)
INVALID_USERNAME = Error(
    20003,
    401,
    "Authentication Error - invalid username",
    "recorded",
    "XML capture of 2021, reported in 2018 and 2024",
    _INCORRECT,
)
AUTHENTICATE = Error(
    20003,
    401,
    "Authenticate",
    "recorded",
    "live test with test credentials 2018; XML capture of 2018",
    _INCORRECT,
)
METHOD_NOT_ALLOWED = Error(
    20004, 405, "Method not allowed", "unrecorded", "title of 20004 in Twilio's error dictionary"
)
FORBIDDEN = Error(
    20008,
    403,
    "Resource not accessible with Test Account Credentials",
    "recorded",
    "capture with test credentials of 2015-07, 155 bytes; the same text from 2013 to 2022",
)
UNREADABLE_BODY = Error(
    20001,
    400,
    "The request body could not be read: {reason}",
    "unrecorded",
    "20001 is Twilio's code for a bad request; no capture of a body that cannot be parsed",
)
OVERSIZED_BODY = Error(
    20413,
    413,
    "The request body is larger than {limit} bytes",
    "unrecorded",
    "no capture; the code follows the pattern of 20404 and 20429",
)

# POST Messages and SMS/Messages

MESSAGE_TO_REQUIRED = Error(
    21604, 400, "A 'To' phone number is required.", "recorded", "captures of 2017, 2020 and 2025"
)
MESSAGE_FROM_REQUIRED = Error(
    21603, 400, "A 'From' phone number is required.", "recorded", "quoted in issues from 2020 on"
)
MESSAGE_TO_INVALID = Error(
    21211,
    400,
    "The 'To' number {to} is not a valid phone number.",
    "recorded",
    "test credentials 2015 to 2020",
)
MESSAGE_TO_UNREACHABLE = Error(
    21612,
    400,
    "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {from_} via {channel}.",
    "recorded",
    "live tests with test credentials 2018",
)
MESSAGE_TO_REGION = Error(
    21408,
    400,
    "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}.",
    "recorded",
    "test credentials 2015-04 and 2018",
)
MESSAGE_TO_BLACKLISTED = Error(
    21610,
    400,
    "The message From/To pair violates a blacklist rule.",
    "recorded",
    "test credentials 2015 and 2020-09",
)
MESSAGE_TO_NOT_MOBILE = Error(
    21614, 400, "To number: {to}, is not a mobile number", "recorded", "test credentials 2012, 2015 and 2020"
)
MESSAGE_FROM_INVALID = Error(
    21212,
    400,
    "The 'From' number {from_} is not a valid phone number, shortcode, or alphanumeric sender ID.",
    "recorded",
    "test credentials 2018",
)
MESSAGE_FROM_NOT_OWNED = Error(
    21606,
    400,
    "The From phone number {from_} is not a valid, SMS-capable inbound phone number or short code for your account.",
    "recorded",
    "test credentials 2015-04 and 2018",
)
MESSAGE_QUEUE_FULL = Error(
    21611, 429, "SMS queue is full.", "recorded", "test credentials 2015-04 and 2018, status 429 in both"
)
MESSAGE_BODY_REQUIRED = Error(21602, 400, "Message body is required.", "recorded", "test credentials 2012 and 2018")
MESSAGE_BODY_OVER_160 = Error(
    21605,
    400,
    "The message body exceeds the 160 character limit.",
    "recorded",
    "legacy SMS/Messages only, reports of 2013 to 2019",
)
MESSAGE_BODY_OVER_1600 = Error(
    21617,
    400,
    "The concatenated message body exceeds the 1600 character limit.",
    "recorded",
    "captures of 2018 to 2021",
)
MESSAGE_CONTENT_REQUIRED = Error(
    21619,
    400,
    "A Message Body, Media URL or Content SID is required",
    "unrecorded",
    "title of 21619 in Twilio's error dictionary, which limits it to a MessagingServiceSid",
)
MESSAGE_MEDIA_URL = Error(
    21620, 400, "Invalid media URL(s): {value}", "unrecorded", "title of 21620 in Twilio's error dictionary"
)
MESSAGE_MEDIA_COUNT = Error(
    21623,
    400,
    "Number of media files exceeds allowed limit",
    "unrecorded",
    "title of 21623 in Twilio's error dictionary, limit 10",
)
MESSAGING_SERVICE_INVALID = Error(
    21701,
    400,
    "The Messaging Service {value} does not exist",
    "unrecorded",
    "title of 21701 in Twilio's error dictionary",
)
STATUS_CALLBACK_URL = Error(
    21609,
    400,
    "The 'StatusCallback' URL {value} is not a valid URL.",
    "unrecorded",
    "title of 21609 in Twilio's error dictionary; Calls answer this code too",
)

# POST Calls

CALL_TO_REQUIRED = Error(21201, 400, "No 'To' number is specified", "recorded", "feature file of live tests")
CALL_FROM_REQUIRED = Error(21213, 400, "No 'From' number is specified", "recorded", "feature file of live tests")
CALL_TO_INVALID = Error(
    21217,
    400,
    "The phone number you are attempting to call, {to}, is not valid.",
    "unrecorded",
    "text recorded for the live code 13223; test credentials keep the documented 21217",
)
CALL_TO_UNREACHABLE = Error(
    21214,
    400,
    "'To' phone number cannot be reached",
    "unrecorded",
    "title of 21214 in Twilio's error dictionary",
)
CALL_TO_REGION = Error(
    21215,
    400,
    "Account not authorized to call {to}. Perhaps you need to enable some international permissions: "
    "https://www.twilio.com/console/voice/calls/geo-permissions/low-risk",
    "recorded",
    "captures of 2021 and 2025; the URL was another one in 2012",
)
CALL_TO_BLACKLISTED = Error(
    21216,
    400,
    "Account not allowed to call {to_e164}",
    "unrecorded",
    "text recorded in 2019 for the live code 13225; test credentials keep the documented 21216",
)
CALL_FROM_INVALID = Error(21212, 400, "From is not a valid phone number: {from_}", "recorded", "capture of 2015-04")
CALL_FROM_NOT_VERIFIED = Error(
    21210,
    400,
    "The source phone number provided, {from_}, is not yet verified for your account. "
    "You may only make calls from phone numbers that you've verified or purchased from Twilio.",
    "recorded",
    "captures of 2015 and later",
)
CALL_URL_REQUIRED = Error(
    21205,
    400,
    "Url parameter is required. For more information, see http://www.twilio.com/docs/api/twiml",
    "recorded",
    "live capture",
)
CALL_URL_INVALID = Error(21205, 400, "Url is not a valid URL: {value}", "recorded", "captures of 2017 and 2019")
CALL_URL_LOCALHOST = Error(
    21205, 400, "Url is not a valid url: {value}", "recorded", "capture of 2018 with a localhost URL"
)
CALL_FALLBACK_URL_INVALID = Error(
    21205, 400, "FallbackUrl is not a valid URL: {value}", "unrecorded", "by analogy with the text for Url"
)
CALL_SEND_DIGITS_INVALID = Error(
    21206,
    400,
    "SendDigits is not valid: {value}",
    "unrecorded",
    "title of 21206 in Twilio's error dictionary",
)
CALL_TIMEOUT_INVALID = Error(
    21208,
    400,
    "Timeout is not a valid integer: {value}",
    "unrecorded",
    "title of 21208 in Twilio's error dictionary",
)
CALL_METHOD_INVALID = Error(
    21209,
    400,
    "{name} is not a valid method: {value}",
    "unrecorded",
    "title of 21209 in Twilio's error dictionary",
)
CALL_APPLICATION_INVALID = Error(
    21218,
    400,
    "ApplicationSid is not valid: {value}",
    "unrecorded",
    "title of 21218 in Twilio's error dictionary",
)

# POST IncomingPhoneNumbers

NUMBER_UNAVAILABLE = Error(21422, 400, "{number} is not available", "documented", "Twilio's own example output, 2012")
NUMBER_INVALID = Error(21421, 400, "{number} is not a valid number", "documented", "Twilio's own example output, 2012")
NUMBER_REQUIRED = Error(
    21421,
    400,
    "PhoneNumber or AreaCode is required",
    "unrecorded",
    "no capture of a request with neither; 21421 is the dictionary's code for a missing number",
)
AREA_CODE_EMPTY = Error(
    21452,
    400,
    "No phone numbers found",
    "unrecorded",
    "gem fixture of about 2009; the modern text was never captured",
)
NUMBER_URL_INVALID = Error(21402, 400, "{name} is not a valid URL: {value}", "recorded", "capture of 2018 for VoiceUrl")
NUMBER_METHOD_INVALID = Error(
    21403,
    400,
    "{name} is not a valid method: {value}",
    "unrecorded",
    "title of 21403 in Twilio's error dictionary",
)

CATALOGUE: tuple[Error, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Error))
