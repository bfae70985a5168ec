"""POST Messages, and its legacy predecessor POST SMS/Messages."""

from . import errors, magic, parameters
from .creation import Created, Creation
from .errors import TwilioError
from .parameters import Check
from .phone_numbers import e164, magic_candidate
from .responses import Value, new_sid, rfc2822
from .segments import count_segments

MAX_BODY = 1600  # characters; error dictionary, 21617
MAX_LEGACY_BODY = 160  # characters; error dictionary, 21605
MAX_MEDIA = 10  # OpenAPI, MediaUrl

_CHECKS = (
    Check("MessagingServiceSid", parameters.is_messaging_service_sid, errors.MESSAGING_SERVICE_INVALID),
    Check("StatusCallback", parameters.is_url, errors.STATUS_CALLBACK_URL),
)
_LEGACY_CHECKS = (Check("StatusCallback", parameters.is_url, errors.STATUS_CALLBACK_URL),)


def create_message(creation: Creation) -> Created:
    """Pretend to send a message.

    Raises:
        TwilioError: in Twilio's order: To missing, From missing, To, From, body, then the other parameters.
    """
    form = creation.form
    media = form.all("MediaUrl")
    _check_numbers(creation, channel="MMS" if media else "SMS", sender_needed=not form.get("MessagingServiceSid"))
    _check_content(creation, media)
    parameters.check_parameters(form, _CHECKS)

    sid = new_sid("MM" if media else "SM")
    date = rfc2822(creation.now)
    # The order of the captures with test credentials, 2016 to 2020.
    fields: dict[str, Value] = {
        "sid": sid,
        "date_created": date,
        "date_updated": date,
        "date_sent": None,
        "account_sid": creation.account_sid,
        "to": e164(form.get("To")),
        "from": form.get("From").strip() or None,
        "messaging_service_sid": form.get("MessagingServiceSid") or None,
        "body": form.get("Body"),
        "status": "queued",
        "num_segments": str(count_segments(form.get("Body"))),
        "num_media": str(len(media)),
        "direction": "outbound-api",
        "api_version": "2010-04-01",
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "uri": creation.uri(f"Messages/{sid}"),
        "subresource_uris": {"media": creation.uri(f"Messages/{sid}/Media")},
    }
    return Created("Message", fields)


def create_sms_message(creation: Creation) -> Created:
    """Pretend to send a message through the legacy resource, which knows neither media nor Messaging Services.

    Raises:
        TwilioError: as `create_message`; a body is limited to 160 characters.
    """
    form = creation.form
    _check_numbers(creation, channel="SMS", sender_needed=True)
    if not form.get("Body"):
        raise TwilioError(errors.MESSAGE_BODY_REQUIRED)
    if len(form.get("Body")) > MAX_LEGACY_BODY:
        raise TwilioError(errors.MESSAGE_BODY_OVER_160)
    parameters.check_parameters(form, _LEGACY_CHECKS)

    sid = new_sid("SM")
    date = rfc2822(creation.now)
    # The order of the capture of 2017: num_segments comes after uri.
    fields: dict[str, Value] = {
        "sid": sid,
        "date_created": date,
        "date_updated": date,
        "date_sent": None,
        "account_sid": creation.account_sid,
        "to": e164(form.get("To")),
        "from": form.get("From").strip(),
        "body": form.get("Body"),
        "status": "queued",
        "direction": "outbound-api",
        "api_version": "2010-04-01",
        "price": None,
        "price_unit": "USD",
        "uri": creation.uri(f"SMS/Messages/{sid}"),
        "num_segments": str(count_segments(form.get("Body"))),
    }
    return Created("SMSMessage", fields)


def _check_numbers(creation: Creation, *, channel: str, sender_needed: bool) -> None:
    to, from_ = creation.form.get("To"), creation.form.get("From")
    if not to:
        raise TwilioError(errors.MESSAGE_TO_REQUIRED)
    if not from_ and sender_needed:
        raise TwilioError(errors.MESSAGE_FROM_REQUIRED)
    values = {"to": to, "from_": from_, "channel": channel}

    row = magic.MESSAGE_TO.row(magic_candidate(to))
    if row and row.error:
        raise TwilioError(row.error, **values)
    if e164(to) is None:
        raise TwilioError(errors.MESSAGE_TO_INVALID, **values)

    if not from_:
        return
    row = magic.MESSAGE_FROM.row(magic_candidate(from_)) or magic.MESSAGE_FROM.others
    if row and row.error:
        raise TwilioError(row.error, **values)


def _check_content(creation: Creation, media: list[str]) -> None:
    form = creation.form
    body = form.get("Body")
    if not body and not media and not form.get("ContentSid"):
        in_service = form.get("MessagingServiceSid")
        raise TwilioError(errors.MESSAGE_CONTENT_REQUIRED if in_service else errors.MESSAGE_BODY_REQUIRED)
    if len(body) > MAX_BODY:
        raise TwilioError(errors.MESSAGE_BODY_OVER_1600)
    if len(media) > MAX_MEDIA:
        raise TwilioError(errors.MESSAGE_MEDIA_COUNT)
    for url in media:
        if not parameters.is_url(url):
            raise TwilioError(errors.MESSAGE_MEDIA_URL, value=url)
