import base64
import gzip

import pytest

from page_samples import BASIC, FORM, JSON, PASSWORD, SID, TOKEN, URL, exchange
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.page.bodies import ShownBody
from twilio_test_proxy.page.scrubbed import MAX_DECODED, WITHHELD, Cleaner, ShownMessage

AUTHORIZED = (("Authorization", BASIC), *FORM)


def text_of(*messages: ShownMessage) -> str:
    return repr(messages)


def test_credentials_and_accounts_are_not_shown() -> None:
    request = Request("POST", URL, (*AUTHORIZED, ("Cookie", "a=b"), ("X-Twilio-Signature", "c2ln")), b"Body=hello")
    response = Response(201, "CREATED", JSON, f'{{"account_sid": "{SID}", "auth_token": "{TOKEN}"}}'.encode())
    asked, answer = Cleaner().exchange(exchange(request=request, response=response))
    assert asked.headers == FORM
    assert asked.line == f"POST {URL.replace(SID, 'AC' + '0' * 32)}"
    assert asked.body == ShownBody(fields=(("Body", "hello"),))
    assert '"auth_token": "SCRUBBED"' in answer.body.text
    assert SID not in text_of(asked, answer)
    assert TOKEN not in text_of(asked, answer)


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", URL, AUTHORIZED, f"Body=my+token+is+{PASSWORD}".encode()),
        Request("GET", f"{URL}?x={PASSWORD}", AUTHORIZED),
        Request("GET", URL, (*AUTHORIZED, ("X-Debug", PASSWORD))),
        Request("GET", URL.replace("https://", f"https://{SID}:{PASSWORD}@")),
    ],
    ids=["in the body", "in the query", "in a header field", "in the URL"],
)
def test_a_secret_of_the_request_is_not_shown_anywhere_else(request_: Request) -> None:
    assert PASSWORD not in text_of(*Cleaner().exchange(exchange(request=request_)))


def test_a_secret_of_another_request_is_not_shown_either() -> None:
    cleaner = Cleaner()
    cleaner.learn([BASIC, "Bearer 0123456789abcdef-bearer"])
    body = f"Body={PASSWORD}+0123456789abcdef-bearer".encode()
    asked, _ = cleaner.exchange(exchange(request=Request("POST", URL, FORM, body)))
    assert asked.body.fields == (("Body", "SCRUBBED SCRUBBED"),)


def test_a_secret_in_a_spelling_that_cannot_be_taken_out_is_withheld() -> None:
    hidden = base64.b64encode(b"xx" + PASSWORD.encode()).decode()
    request = Request("POST", URL, (*AUTHORIZED, ("X-Debug", hidden)), f"Body={PASSWORD.encode().hex()}".encode())
    asked, answer = Cleaner().exchange(exchange(request=request))
    assert asked.body == ShownBody(WITHHELD)
    assert dict(asked.headers)["X-Debug"] == WITHHELD
    assert answer.body.text == '{\n  "sid": "SM1"\n}'


def test_a_compressed_body_is_shown_decoded() -> None:
    body = gzip.compress(f'{{"auth_token": "{TOKEN}"}}'.encode())
    response = Response(200, "OK", (*JSON, ("Content-Encoding", "gzip")), body)
    _, answer = Cleaner().exchange(exchange(response=response))
    assert answer.body.source == '{"auth_token": "SCRUBBED"}'


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(bytes(MAX_DECODED + 1))], ids=["broken", "a bomb"])
def test_a_body_that_cannot_be_decoded_into_something_small_is_not_shown(body: bytes) -> None:
    response = Response(200, "OK", (*JSON, ("Content-Encoding", "gzip")), body)
    _, answer = Cleaner().exchange(exchange(response=response))
    assert answer.body.note == f"{len(body):,} bytes in a content coding that cannot be undone."


def test_a_line_of_the_list_holds_no_secret() -> None:
    cleaner = Cleaner()
    cleaner.learn([BASIC])
    line = exchange(to=PASSWORD, from_=f"x{PASSWORD}x", result=f"The 'To' number {PASSWORD}", resource=PASSWORD).summary
    assert PASSWORD not in repr(cleaner.summary(line))
    assert cleaner.summary(line).from_ == "xSCRUBBEDx"


def test_text_without_a_secret_stays_as_it_is() -> None:
    cleaner = Cleaner()
    cleaner.learn([BASIC, "Basic not-base64!", "nonsense", ""])
    assert cleaner.text("Grüße +1410 <b>") == "Grüße +1410 <b>"


def test_a_secret_that_is_not_ascii_is_found_too() -> None:
    cleaner = Cleaner()
    cleaner.learn(["Basic " + base64.b64encode(f"{SID}:geheimnisträger-1".encode()).decode()])
    assert cleaner.text("der geheimnisträger-1") == "der SCRUBBED"
