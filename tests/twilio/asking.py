"""How the tests ask the local Twilio, and Twilio's error envelopes written out a second time."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from twilio_test_proxy.twilio import api
from twilio_test_proxy.twilio.credentials import Credentials
from twilio_test_proxy.twilio.routes import find_route

ACCOUNT_SID = "AC" + "1" * 32
MESSAGING_SERVICE_SID = "MG" + "2" * 32
CREDENTIALS = Credentials(ACCOUNT_SID, "3" * 32)
FORM = "application/x-www-form-urlencoded"

GOOD_FROM = "+15005550006"
REGULAR = "+14108675309"  # the regular number of Twilio's own examples

Parameters = Mapping[str, str | list[str]]

MESSAGE: Parameters = {"From": GOOD_FROM, "To": REGULAR, "Body": "Hi"}
CALL: Parameters = {"From": GOOD_FROM, "To": REGULAR, "Url": "http://demo.twilio.com/docs/voice.xml"}
NUMBER: Parameters = {"PhoneNumber": "+15005550006"}

VALID: Mapping[str, Parameters] = {
    "IncomingPhoneNumbers": NUMBER,
    "SMS/Messages": MESSAGE,
    "Messages": MESSAGE,
    "Calls": CALL,
}

FORMATS = (".json", ".xml", "")


def at(
    path: str,
    *,
    method: str = "POST",
    host: str = "api.twilio.com",
    content_type: str = FORM,
    body: bytes | None = b"",
    credentials: Credentials | None = CREDENTIALS,
    charset_asked: bool = False,
) -> api.Request:
    """A request for any path."""
    return api.Request(method, host, find_route(host, path), content_type, body, credentials, charset_asked)


def request(
    resource: str,
    parameters: Parameters | None = None,
    extension: str = ".json",
    *,
    method: str = "POST",
    host: str = "api.twilio.com",
    content_type: str = FORM,
    body: bytes | None = b"",
    charset_asked: bool = False,
) -> api.Request:
    """A request with test credentials; `parameters` are sent as a form, otherwise `body` is sent as it is."""
    if parameters is not None:
        body = urlencode(parameters, doseq=True).encode()
    path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/{resource}{extension}"
    return at(path, method=method, host=host, content_type=content_type, body=body, charset_asked=charset_asked)


def post(resource: str, parameters: Parameters, extension: str = ".json") -> api.Answer:
    return api.answer(request(resource, parameters, extension))


def created(answer: api.Answer) -> dict[str, Any]:
    """The JSON of a success."""
    assert (answer.response.status, answer.response.reason) == (201, "CREATED"), answer.response.body
    fields: dict[str, Any] = json.loads(answer.response.body)
    return fields


def created_xml(answer: api.Answer) -> ET.Element:
    """The resource's own element of a success in XML."""
    assert (answer.response.status, answer.response.reason) == (201, "CREATED"), answer.response.body
    root = parse_xml(answer.response.body)
    assert root.tag == "TwilioResponse"
    assert len(root) == 1
    return root[0]


def parse_xml(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314 - our own answer, no stranger's document


def code_of(answer: api.Answer) -> int:
    """The error code, 0 for a success."""
    if answer.response.status == 201:
        return 0
    return int(json.loads(answer.response.body)["code"])


def error_body(extension: str, status: int, code: int, message: str, detail: str | None = None) -> bytes:
    """The envelope as captured: JSON like Python's with sorted keys, XML on one line below its declaration."""
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    if extension == ".json":
        middle = f'"detail": "{detail}", ' if detail else ""
        text = (
            f'{{"code": {code}, {middle}"message": {json.dumps(message)}, "more_info": "{more_info}", '
            f'"status": {status}}}'
        )
        return text.encode()
    middle = f"<Detail>{detail}</Detail>" if detail else ""
    text = (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f"<TwilioResponse><RestException><Code>{code}</Code>{middle}<Message>{escape(message)}</Message>"
        f"<MoreInfo>{more_info}</MoreInfo><Status>{status}</Status></RestException></TwilioResponse>"
    )
    return text.encode()
