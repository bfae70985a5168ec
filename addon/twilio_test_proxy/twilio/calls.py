"""POST Calls."""

import re

from . import errors, magic, parameters
from .creation import Created, Creation
from .errors import TwilioError
from .parameters import Check
from .phone_numbers import e164, formatted, magic_candidate
from .responses import Value, new_sid, rfc2822

# OpenAPI, To: a SIP address, a client identifier or a SIM SID may be called too.
_ENDPOINT = re.compile(r"(sips?:[^@\s]+@\S+|client:\S+|sim:DE[0-9a-fA-F]{32})", re.IGNORECASE)

_CHECKS = (
    Check("ApplicationSid", parameters.is_application_sid, errors.CALL_APPLICATION_INVALID),
    Check("SendDigits", parameters.is_send_digits, errors.CALL_SEND_DIGITS_INVALID),
    Check("Timeout", parameters.is_positive_integer, errors.CALL_TIMEOUT_INVALID),
)

# OpenAPI: ignored where an ApplicationSid is present, whose own settings are used.
_CHECKS_WITHOUT_APPLICATION = (
    Check("Method", parameters.is_method, errors.CALL_METHOD_INVALID),
    Check("FallbackUrl", parameters.is_url, errors.CALL_FALLBACK_URL_INVALID),
    Check("FallbackMethod", parameters.is_method, errors.CALL_METHOD_INVALID),
    Check("StatusCallback", parameters.is_url, errors.STATUS_CALLBACK_URL),
    Check("StatusCallbackMethod", parameters.is_method, errors.CALL_METHOD_INVALID),
)

# OpenAPI example of the operation, in its order after the two of 2012.
_SUBRESOURCES = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


def create_call(creation: Creation) -> Created:
    """Pretend to make a call. No TwiML is fetched and nothing is executed.

    Raises:
        TwilioError: in Twilio's order: To missing, From missing, To, From, Url, then the other parameters.
    """
    form = creation.form
    to, from_ = form.get("To"), form.get("From").strip()
    _check_numbers(to, form.get("From"))
    _check_instructions(creation)
    if not form.get("ApplicationSid"):
        parameters.check_parameters(form, _CHECKS_WITHOUT_APPLICATION)
    parameters.check_parameters(form, _CHECKS)

    sid = new_sid("CA")
    date = rfc2822(creation.now)
    # The order of Twilio's example output of 2012; fields that came later stand where the OpenAPI description has them.
    fields: dict[str, Value] = {
        "sid": sid,
        "date_created": date,
        "date_updated": date,
        "parent_call_sid": None,
        "account_sid": creation.account_sid,
        "to": e164(to) or to,
        "to_formatted": formatted(to),
        "from": from_,
        "from_formatted": formatted(from_),
        "phone_number_sid": new_sid("PN"),
        "status": "queued",
        "start_time": None,
        "end_time": None,
        "duration": None,
        "price": None,
        "price_unit": "USD",
        "direction": "outbound-api",
        "answered_by": None,
        "api_version": "2010-04-01",
        "annotation": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": creation.uri(f"Calls/{sid}"),
        "subresource_uris": {name: creation.uri(f"Calls/{sid}/{path}") for name, path in _SUBRESOURCES.items()},
    }
    return Created("Call", fields)


def _check_numbers(to: str, from_: str) -> None:
    if not to:
        raise TwilioError(errors.CALL_TO_REQUIRED)
    if not from_:
        raise TwilioError(errors.CALL_FROM_REQUIRED)
    candidate = magic_candidate(to)
    values = {"to": to, "from_": from_, "to_e164": candidate or to}

    row = magic.CALL_TO.row(candidate)
    if row and row.error:
        raise TwilioError(row.error, **values)
    if e164(to) is None and not _ENDPOINT.fullmatch(to):
        raise TwilioError(errors.CALL_TO_INVALID, **values)

    row = magic.CALL_FROM.row(magic_candidate(from_)) or magic.CALL_FROM.others
    if row and row.error:
        raise TwilioError(row.error, **values)


def _check_instructions(creation: Creation) -> None:
    """Url, Twiml or ApplicationSid: one is needed, and Url wins (OpenAPI, Twiml)."""
    url = creation.form.get("Url")
    if not url:
        if not creation.form.get("Twiml") and not creation.form.get("ApplicationSid"):
            raise TwilioError(errors.CALL_URL_REQUIRED)
        return
    if parameters.is_localhost(url):
        raise TwilioError(errors.CALL_URL_LOCALHOST, value=url)
    if not parameters.is_url(url):
        raise TwilioError(errors.CALL_URL_INVALID, value=url)
