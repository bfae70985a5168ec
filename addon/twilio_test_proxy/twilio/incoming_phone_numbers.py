"""POST IncomingPhoneNumbers."""

from . import errors, magic, parameters
from .creation import Created, Creation
from .errors import TwilioError
from .parameters import Check
from .phone_numbers import e164, formatted, magic_candidate
from .responses import Value, new_sid, rfc2822

_CHECKS = (
    Check("VoiceUrl", parameters.is_url, errors.NUMBER_URL_INVALID),
    Check("VoiceMethod", parameters.is_method, errors.NUMBER_METHOD_INVALID),
    Check("VoiceFallbackUrl", parameters.is_url, errors.NUMBER_URL_INVALID),
    Check("VoiceFallbackMethod", parameters.is_method, errors.NUMBER_METHOD_INVALID),
    Check("SmsUrl", parameters.is_url, errors.NUMBER_URL_INVALID),
    Check("SmsMethod", parameters.is_method, errors.NUMBER_METHOD_INVALID),
    Check("SmsFallbackUrl", parameters.is_url, errors.NUMBER_URL_INVALID),
    Check("SmsFallbackMethod", parameters.is_method, errors.NUMBER_METHOD_INVALID),
    Check("StatusCallback", parameters.is_url, errors.STATUS_CALLBACK_URL),
    Check("StatusCallbackMethod", parameters.is_method, errors.NUMBER_METHOD_INVALID),
)

# What an AreaCode with an available number gives: the document names no number, so the one that is available.
_NUMBER_IN_AREA_CODE_500 = "+15005550006"


def create_incoming_phone_number(creation: Creation) -> Created:
    """Pretend to buy a phone number.

    Raises:
        TwilioError: of PhoneNumber or AreaCode first, then of the other parameters.
    """
    form = creation.form
    number = _bought_number(form.get("PhoneNumber"), form.get("AreaCode"))
    parameters.check_parameters(form, _CHECKS)

    sid = new_sid("PN")
    date = rfc2822(creation.now)
    # The order of Twilio's example output of 2012, with its empty strings for unset URLs; fields that the OpenAPI
    # description has beside those follow before uri.
    fields: dict[str, Value] = {
        "sid": sid,
        "account_sid": creation.account_sid,
        "friendly_name": form.get("FriendlyName") or formatted(number),
        "phone_number": number,
        "voice_url": form.get("VoiceUrl"),
        "voice_method": form.get("VoiceMethod").upper() or "POST",
        "voice_fallback_url": form.get("VoiceFallbackUrl"),
        "voice_fallback_method": form.get("VoiceFallbackMethod").upper() or "POST",
        "voice_caller_id_lookup": form.get("VoiceCallerIdLookup").lower() == "true",
        "date_created": date,
        "date_updated": date,
        "sms_url": form.get("SmsUrl"),
        "sms_method": form.get("SmsMethod").upper() or "POST",
        "sms_fallback_url": form.get("SmsFallbackUrl"),
        "sms_fallback_method": form.get("SmsFallbackMethod").upper() or "POST",
        "capabilities": {"voice": False, "sms": False, "mms": False, "fax": False},
        "status_callback": form.get("StatusCallback"),
        "status_callback_method": form.get("StatusCallbackMethod").upper() or "POST",
        "api_version": form.get("ApiVersion") or "2010-04-01",
        "voice_application_sid": form.get("VoiceApplicationSid") or None,
        "sms_application_sid": form.get("SmsApplicationSid") or None,
        "address_requirements": "none",
        "address_sid": form.get("AddressSid") or None,
        "beta": False,
        "bundle_sid": form.get("BundleSid") or None,
        "emergency_status": form.get("EmergencyStatus") or "Inactive",
        "emergency_address_sid": form.get("EmergencyAddressSid") or None,
        "emergency_address_status": "unregistered",
        "identity_sid": form.get("IdentitySid") or None,
        "origin": "twilio",
        "status": "in-use",
        "trunk_sid": form.get("TrunkSid") or None,
        "type": "local",
        "voice_receive_mode": form.get("VoiceReceiveMode") or "voice",
        "uri": creation.uri(f"IncomingPhoneNumbers/{sid}"),
    }
    return Created("IncomingPhoneNumber", fields)


def _bought_number(phone_number: str, area_code: str) -> str:
    if phone_number:
        return _check_phone_number(phone_number)
    if area_code:
        row = magic.AREA_CODE.row(area_code)
        if row is None or row.error:
            raise TwilioError(errors.AREA_CODE_EMPTY)
        return _NUMBER_IN_AREA_CODE_500
    raise TwilioError(errors.NUMBER_REQUIRED)


def _check_phone_number(phone_number: str) -> str:
    candidate = magic_candidate(phone_number)
    row = magic.PHONE_NUMBER.row(candidate)
    if row and row.error:
        raise TwilioError(row.error, number=phone_number)
    if row and candidate:
        return candidate
    unavailable = e164(phone_number) is not None
    raise TwilioError(errors.NUMBER_UNAVAILABLE if unavailable else errors.NUMBER_INVALID, number=phone_number)
