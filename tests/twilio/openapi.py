"""What Twilio's OpenAPI description (api_v2010, 2026-04) says of the three resources that are created here.

A second copy as plain data: property -> type, whether it may be null, and its pattern, values or format.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Property:
    type_: type
    pattern: str = ""
    values: tuple[str, ...] = ()
    nullable: bool = True


_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"


def _sid(prefix: str) -> Property:
    return Property(str, f"({prefix})[0-9a-fA-F]{{32}}")


TEXT = Property(str)
FLAG = Property(bool)
DATE = Property(str, rf"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d ({_MONTHS}) \d{{4}} \d\d:\d\d:\d\d \+0000")
CURRENCY = Property(str, "[A-Z]{3}")
COUNT = Property(str, r"\d+")
PHONE_NUMBER = Property(str, r"\+[1-9]\d{1,14}")
URI = Property(str, r"|https?://\S+")  # empty where unset, as in Twilio's example output
HTTP_METHOD = Property(str, values=("GET", "POST"))

MESSAGE: Mapping[str, Property] = {
    "body": TEXT,
    "num_segments": COUNT,
    "direction": Property(str, values=("inbound", "outbound-api", "outbound-call", "outbound-reply"), nullable=False),
    "from": TEXT,
    "to": PHONE_NUMBER,
    "date_updated": DATE,
    "price": TEXT,
    "error_message": TEXT,
    "uri": TEXT,
    "account_sid": _sid("AC"),
    "num_media": COUNT,
    "status": Property(
        str,
        values=(
            "queued",
            "sending",
            "sent",
            "failed",
            "delivered",
            "undelivered",
            "receiving",
            "received",
            "accepted",
            "scheduled",
            "read",
            "partially_delivered",
            "canceled",
        ),
        nullable=False,
    ),
    "messaging_service_sid": _sid("MG"),
    "sid": _sid("SM|MM"),
    "date_sent": DATE,
    "date_created": DATE,
    "error_code": Property(int),
    "price_unit": CURRENCY,
    "api_version": TEXT,
    "subresource_uris": Property(dict),
}

CALL: Mapping[str, Property] = {
    "sid": _sid("CA"),
    "date_created": DATE,
    "date_updated": DATE,
    "parent_call_sid": _sid("CA"),
    "account_sid": _sid("AC"),
    "to": TEXT,
    "to_formatted": TEXT,
    "from": TEXT,
    "from_formatted": TEXT,
    "phone_number_sid": _sid("PN"),
    "status": Property(
        str,
        values=("queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"),
        nullable=False,
    ),
    "start_time": DATE,
    "end_time": DATE,
    "duration": COUNT,
    "price": TEXT,
    "price_unit": CURRENCY,
    "direction": TEXT,
    "answered_by": TEXT,
    "api_version": TEXT,
    "forwarded_from": TEXT,
    "group_sid": _sid("GP"),
    "caller_name": TEXT,
    "queue_time": COUNT,
    "trunk_sid": _sid("TK"),
    "uri": TEXT,
    "subresource_uris": Property(dict),
}

INCOMING_PHONE_NUMBER: Mapping[str, Property] = {
    "account_sid": _sid("AC"),
    "address_sid": _sid("AD"),
    "address_requirements": Property(str, values=("none", "any", "local", "foreign"), nullable=False),
    "api_version": TEXT,
    "beta": FLAG,
    "capabilities": Property(dict),
    "date_created": DATE,
    "date_updated": DATE,
    "friendly_name": TEXT,
    "identity_sid": _sid("RI"),
    "phone_number": PHONE_NUMBER,
    "origin": TEXT,
    "sid": _sid("PN"),
    "sms_application_sid": _sid("AP"),
    "sms_fallback_method": HTTP_METHOD,
    "sms_fallback_url": URI,
    "sms_method": HTTP_METHOD,
    "sms_url": URI,
    "status_callback": URI,
    "status_callback_method": HTTP_METHOD,
    "trunk_sid": _sid("TK"),
    "uri": TEXT,
    "voice_receive_mode": Property(str, values=("voice", "fax"), nullable=False),
    "voice_application_sid": _sid("AP"),
    "voice_caller_id_lookup": FLAG,
    "voice_fallback_method": HTTP_METHOD,
    "voice_fallback_url": URI,
    "voice_method": HTTP_METHOD,
    "voice_url": URI,
    "emergency_status": Property(str, values=("Active", "Inactive"), nullable=False),
    "emergency_address_sid": _sid("AD"),
    "emergency_address_status": Property(
        str,
        values=(
            "registered",
            "unregistered",
            "pending-registration",
            "registration-failure",
            "pending-unregistration",
            "unregistration-failure",
        ),
        nullable=False,
    ),
    "bundle_sid": _sid("BU"),
    "status": TEXT,
    "type": TEXT,
}


def violations(schema: Mapping[str, Property], fields: Mapping[str, Any]) -> list[str]:
    """Every property that is missing, or is not what the description says."""
    missing = [f"{name} is missing" for name in schema if name not in fields]
    return missing + [
        f"{name} is {fields[name]!r}"
        for name, property_ in schema.items()
        if name in fields and not _conforms(property_, fields[name])
    ]


def _conforms(property_: Property, value: object) -> bool:
    if value is None:
        return property_.nullable
    if type(value) is not property_.type_:
        return False
    if property_.values:
        return value in property_.values
    return not property_.pattern or re.fullmatch(property_.pattern, str(value)) is not None
