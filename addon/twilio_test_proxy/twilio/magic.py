"""The magic inputs of Twilio's document "REST API: Test Credentials", table by table and row by row in its order.

https://www.twilio.com/docs/iam/test-credentials
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import errors
from .errors import Error

ALL_OTHERS = "All Others"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the document: the value, its description, and the error that it leads to (None: no error)."""

    value: str
    description: str
    error: Error | None


@dataclass(frozen=True)
class Table:
    """The table of one parameter of one resource.

    `others` is the error of the row "All Others"; None where the document validates any other value normally
    (To) or has no such row (IncomingPhoneNumbers).
    """

    resource: str
    parameter: str
    rows: tuple[Row, ...]
    others: Row | None = None
    by_value: Mapping[str, Row] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_value", {row.value: row for row in self.rows})

    def row(self, value: str | None) -> Row | None:
        """The row for a normalised value (E.164, or the area code), or None where the table has no such row."""
        return self.by_value.get(value) if value is not None else None


PHONE_NUMBER = Table(
    "IncomingPhoneNumbers",
    "PhoneNumber",
    (
        Row("+15005550000", "This phone number is unavailable.", errors.NUMBER_UNAVAILABLE),
        Row("+15005550001", "This phone number is invalid.", errors.NUMBER_INVALID),
        Row("+15005550006", "This phone number is valid and available.", None),
    ),
)

AREA_CODE = Table(
    "IncomingPhoneNumbers",
    "AreaCode",
    (
        Row("533", "This area code doesn't have any available phone numbers.", errors.AREA_CODE_EMPTY),
        Row("500", "This area code has an available number.", None),
    ),
)

MESSAGE_FROM = Table(
    "SMS/Messages",
    "From",
    (
        Row("+15005550001", "This phone number is invalid.", errors.MESSAGE_FROM_INVALID),
        Row(
            "+15005550007",
            "This phone number is not owned by your account or is not SMS-capable.",
            errors.MESSAGE_FROM_NOT_OWNED,
        ),
        Row("+15005550008", "This number has an SMS message queue that is full.", errors.MESSAGE_QUEUE_FULL),
        Row("+15005550006", "This number passes all validation.", None),
    ),
    Row(
        ALL_OTHERS,
        "This phone number is not owned by your account or is not SMS-capable.",
        errors.MESSAGE_FROM_NOT_OWNED,
    ),
)

MESSAGE_TO = Table(
    "SMS/Messages",
    "To",
    (
        Row("+15005550001", "This phone number is invalid.", errors.MESSAGE_TO_INVALID),
        Row("+15005550002", "Twilio cannot route to this number.", errors.MESSAGE_TO_UNREACHABLE),
        Row(
            "+15005550003",
            "Your account doesn't have the international permissions necessary to SMS this number.",
            errors.MESSAGE_TO_REGION,
        ),
        Row("+15005550004", "This number is blacklisted for your account.", errors.MESSAGE_TO_BLACKLISTED),
        Row(
            "+15005550009",
            "This number is incapable of receiving SMS messages.",
            errors.MESSAGE_TO_NOT_MOBILE,
        ),
    ),
    Row(ALL_OTHERS, "Any other phone number is validated normally.", None),
)

CALL_FROM = Table(
    "Calls",
    "From",
    (
        Row("+15005550001", "This phone number is invalid.", errors.CALL_FROM_INVALID),
        Row("+15005550006", "This number is a valid From number for your account.", None),
    ),
    Row(ALL_OTHERS, "The phone number is not verified for your account.", errors.CALL_FROM_NOT_VERIFIED),
)

CALL_TO = Table(
    "Calls",
    "To",
    (
        Row("+15005550001", "This phone number is invalid.", errors.CALL_TO_INVALID),
        Row("+15005550002", "Twilio cannot route to this number.", errors.CALL_TO_UNREACHABLE),
        Row(
            "+15005550003",
            "Your account doesn't have the international permissions necessary to call this number.",
            errors.CALL_TO_REGION,
        ),
        Row("+15005550004", "This number is blacklisted for your account.", errors.CALL_TO_BLACKLISTED),
    ),
    Row(ALL_OTHERS, "Any other phone number is validated normally.", None),
)

TABLES: tuple[Table, ...] = (PHONE_NUMBER, AREA_CODE, MESSAGE_FROM, MESSAGE_TO, CALL_FROM, CALL_TO)

NUMBERS: frozenset[str] = frozenset(row.value for table in TABLES for row in table.rows if row.value.startswith("+"))


def listed(table: Table) -> list[tuple[str, str, str]]:
    """Value, description and error code of each row, in the document's order and words, "All Others" last."""
    rows = [(row.value, row.description, str(row.error.code) if row.error else "No error") for row in table.rows]
    if table.others:
        code = str(table.others.error.code) if table.others.error else "Input-dependent"
        rows.append((table.others.value, table.others.description, code))
    return rows
