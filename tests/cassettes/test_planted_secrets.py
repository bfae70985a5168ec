"""Secrets planted in every place that a Twilio client uses are in no byte of a cassette."""

import base64
import gzip
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from cassette_samples import ACCOUNT, API, FORM, basic
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.errors import SecretSurvivedError
from twilio_test_proxy.cassettes.explanation import Miss
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.cassettes.items import binary_bodies
from twilio_test_proxy.cassettes.record_mode import RecordMode

TOKEN = "5ec2e7" + "0a1b2c3d4e5f60718293a4b5c6"
KEY = "SK" + "c" * 32
NEW_KEY = "SK" + "d" * 32
KEY_SECRET = "KeySecretKeySecret0123456789abcd"
SIP_PASSWORD = "Sip-Passw0rd"
LINK_TOKEN = "eyJhbGciOiJIUzI1NiJ9.link.token"
NEW_SECRET = "NewSecretOfAKey0123456789"
COOKIE = "session-cookie-0123456789"
PROXY_PASSWORD = "proxy-passw0rd-1"
PLANTED = [TOKEN, KEY_SECRET, SIP_PASSWORD, LINK_TOKEN, NEW_SECRET, COOKIE, PROXY_PASSWORD, ACCOUNT, KEY]
ESCAPED = TOKEN.replace("e", "\\u0065")
HALF = '{"a":"{\\"token\\":\\"' + NEW_SECRET + '\\",\\"é\\":\\"\\ud800\\"}"}'
JSON = ("Content-Type", "application/json")
OK = Response(200, "OK", (JSON,), b"{}")


def get(path: str, *headers: tuple[str, str]) -> Request:
    return Request("GET", f"{API}/{ACCOUNT}/{path}", headers)


def post(path: str, body: str, *headers: tuple[str, str]) -> Request:
    return Request("POST", f"{API}/{ACCOUNT}/{path}", (basic(ACCOUNT, TOKEN), *headers), body.encode())


def answer(body: object, *headers: tuple[str, str]) -> Response:
    return Response(200, "OK", (JSON, *headers), json.dumps(body).encode())


EXCHANGES = {
    "token in Basic credentials": (get("a", basic(ACCOUNT, TOKEN)), OK),
    "token in the URL's user info": (Request("GET", f"https://{ACCOUNT}:{TOKEN}@api.twilio.com/x"), OK),
    "API key": (get("b", basic(KEY, KEY_SECRET)), OK),
    "bearer token": (get("c", ("Authorization", f"Bearer {LINK_TOKEN}")), OK),
    "proxy credentials": (get("d", ("Proxy-Authorization", basic("checkout", PROXY_PASSWORD)[1])), OK),
    "auth_token in an account": (get("e", basic(ACCOUNT, TOKEN)), answer({"sid": ACCOUNT, "auth_token": TOKEN})),
    "auth_token deep in JSON": (get("f", basic(ACCOUNT, TOKEN)), answer({"a": [{"b": {"auth_token": [TOKEN]}}]})),
    "auth_token in XML": (
        get("g", basic(ACCOUNT, TOKEN)),
        Response(200, "OK", (("Content-Type", "text/xml"),), f"<A><AuthToken>{TOKEN}</AuthToken></A>".encode()),
    ),
    "secret of a new key": (post("Keys.json", "FriendlyName=x", FORM), answer({"sid": NEW_KEY, "secret": NEW_SECRET})),
    "secret of a new key, compressed": (
        post("Keys2.json", "FriendlyName=x", FORM),
        Response(201, "C", (("Content-Encoding", "gzip"),), gzip.compress(f'{{"secret": "{NEW_SECRET}"}}'.encode())),
    ),
    "SipAuthPassword in a form": (post("Calls.json", f"SipAuthPassword={SIP_PASSWORD}&To=sip", FORM), OK),
    "password in JSON": (post("h", json.dumps({"password": SIP_PASSWORD}), JSON), OK),
    "password in a callback's URL": (
        post("i", "StatusCallback=" + quote(f"https://u:{SIP_PASSWORD}@example.com/?token={LINK_TOKEN}"), FORM),
        OK,
    ),
    "token in a redirect": (
        get("j", basic(ACCOUNT, TOKEN)),
        Response(307, "R", (("Location", f"https://u:{TOKEN}@media.example/?access_token={LINK_TOKEN}&x={ACCOUNT}"),)),
    ),
    "a URL in a redirect's query": (
        get("j2"), Response(302, "R", (("Location", f"https://x/?next=https://y/?token={LINK_TOKEN}"),)),
    ),
    "a URL in a redirect's query, encoded": (
        get("j3"), Response(302, "R", (("Location", f"https://x/?next=https%3A%2F%2Fy%2F%3Ftoken%3D{LINK_TOKEN}"),)),
    ),
    "a URL in the query of a form's URL": (
        post("j4", "Url=" + quote(f"https://x/?next=https://y/?token={LINK_TOKEN}"), FORM), OK,
    ),
    "user info in the query": (
        get("j5?StatusCallback=" + quote(f"https://u:{SIP_PASSWORD}@y/", safe="")), OK,
    ),
    "a URL in the query": (get("j6?Url=" + quote(f"https://y/?token={LINK_TOKEN}", safe="")), OK),
    "JSON in the query": (get("j7?Attributes=" + quote(json.dumps({"token": LINK_TOKEN}))), OK),
    "an apostrophe in the query": (get(f"j8?token=abc'{LINK_TOKEN}"), OK),
    "an apostrophe in user info": (post("j9", f"Url=https%3A%2F%2Fu%3Ait'{LINK_TOKEN}%40y%2F", FORM), OK),
    "an apostrophe in a redirect": (
        get("j10"), Response(302, "R", (("Location", f"https://x/?token=it'{LINK_TOKEN}"),)),
    ),
    "Authorization in a body": (
        post("k", json.dumps({"authorization": basic(ACCOUNT, TOKEN)[1]}), JSON),
        OK,
    ),
    "token in a text": (post("l", f"Body=my+token+is+{TOKEN}", FORM), answer({"body": f"my token is {TOKEN}"})),
    "token in a path": (get(f"m/{TOKEN}", basic(ACCOUNT, TOKEN)), OK),
    "token in headers": (get("n", basic(ACCOUNT, TOKEN), ("X-A", TOKEN)), answer({}, ("X-B", TOKEN))),
    "cookies": (get("o", basic(ACCOUNT, TOKEN), ("Cookie", COOKIE)), answer({}, ("Set-Cookie", f"a={COOKIE}"))),
    "signature": (get("p", ("X-Twilio-Signature", base64.b64encode(COOKIE.encode()).decode())), OK),
    "account in XML, headers and text": (
        post("q", f"Body={ACCOUNT}", FORM),
        Response(200, ACCOUNT, (("Location", f"/{ACCOUNT}"),), f"<Sid>{ACCOUNT}</Sid>".encode()),
    ),
    "multipart": (
        post(
            "r",
            f'--b\r\nContent-Disposition: form-data; name="AuthToken"\r\n\r\n{TOKEN}\r\n--b--\r\n',
            ("Content-Type", "multipart/form-data; boundary=b"),
        ),
        OK,
    ),
    "JSON in a form": (post("t", f'Attributes={{"auth_token":"{NEW_SECRET}"}}&n=1', FORM), OK),
    "JSON in a form, encoded": (post("u", "Parameters=" + quote(json.dumps({"password": SIP_PASSWORD})), FORM), OK),
    "XML in a form": (post("v", "Twiml=" + quote(f"<A><AuthToken>{NEW_SECRET}</AuthToken></A>"), FORM), OK),
    "JSON in JSON": (
        post("w", json.dumps({"attributes": json.dumps({"auth_token": NEW_SECRET})}), JSON),
        answer({"attributes": json.dumps({"a": json.dumps([{"secret": LINK_TOKEN}])})}),
    ),
    "JSON in JSON, beside half a character": (
        Request("POST", API, (JSON,), HALF.encode()), Response(200, "OK", (JSON,), HALF.encode()),
    ),
    "JSON called a form": (post("x", json.dumps({"auth_token": NEW_SECRET}), FORM), OK),
    "JSON in multipart": (
        post(
            "y",
            f'--b\r\nContent-Disposition: form-data; name="A"\r\n\r\n{{"auth_token":"{NEW_SECRET}"}}\r\n--b--\r\n',
            ("Content-Type", "multipart/form-data; boundary=b"),
        ),
        OK,
    ),
    "multipart, a name without quotes": (
        post(
            "z",
            f"--b\r\nContent-Disposition: form-data; name=AuthToken\r\n\r\n{NEW_SECRET}\r\n--b--\r\n",
            ("Content-Type", "multipart/form-data; boundary=b"),
        ),
        OK,
    ),
    "a form called text, first field": (
        post("aa", f"auth_token={NEW_SECRET}&x=1", ("Content-Type", "text/plain")),
        Response(200, "OK", (("Content-Type", "text/plain"),), f"access_token={LINK_TOKEN}&token_type=x".encode()),
    ),
    "headers named like secrets": (
        get("bb", ("X-Api-Secret", NEW_SECRET), ("Api-Key", KEY_SECRET), ("X-Access-Token", LINK_TOKEN)),
        answer({}, ("X-Access-Token", LINK_TOKEN), ("X-Auth-Secret", NEW_SECRET)),
    ),
    "an element in a secret element": (
        get("cc"),
        Response(200, "OK", (), f"<A><AuthToken><Value>{NEW_SECRET}</Value></AuthToken></A>".encode()),
    ),
    "a comment in a secret element": (
        get("dd"), Response(200, "OK", (), f"<A><AuthToken><!-- x -->{NEW_SECRET}</AuthToken></A>".encode()),
    ),
    "XML in UTF-16": (
        get("ee"),
        Response(200, "OK", (("Content-Type", "text/xml"),), f"<A><Token>{NEW_SECRET}</Token></A>".encode("utf-16")),
    ),
    "a name that repeats": (
        get("ff"), Response(200, "OK", (JSON,), f'{{"auth_token":"{NEW_SECRET}","auth_token":""}}'.encode()),
    ),
    "binary": (
        get("s", basic(ACCOUNT, TOKEN)),
        Response(200, "OK", (), b"\xff" * 50 + TOKEN.encode() + b"\xff" * 50),
    ),
}  # fmt: skip


def spellings(secret: str) -> list[bytes]:
    encoded = [base64.b64encode(b"x" * offset + secret.encode())[4:-4] for offset in range(3)]
    return [secret.encode(), secret.encode().hex().encode(), *encoded]


def assert_clean(directory: Path) -> None:
    for file in directory.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        joined = data.replace(b"\n" + b" " * 10, b"") + b"".join(binary_bodies(data)).replace(b"\0", b"")
        for secret in PLANTED:
            for spelling in spellings(secret):
                assert spelling not in data, (file, secret)
                assert spelling not in joined, (file, secret)


@pytest.mark.parametrize("name", EXCHANGES)
def test_a_planted_secret_is_in_no_byte_of_the_cassette(tmp_path: Path, name: str) -> None:
    request, response = EXCHANGES[name]
    path = tmp_path / "a.yaml"
    with Cassette(path, RecordMode.ONCE) as cassette:
        cassette.record(request, response)
        assert_clean(tmp_path)
    # What was scrubbed still matches.
    with Cassette(path) as cassette:
        assert isinstance(cassette.play(request), Response)
        miss = cassette.play(request)
        assert isinstance(miss, Miss)
        for secret in PLANTED:
            assert secret not in f"{miss} {miss.message}"


def test_all_of_them_in_one_cassette_are_in_no_byte_of_it(tmp_path: Path) -> None:
    with Cassette(tmp_path / "a.yaml", RecordMode.NEW_EPISODES) as cassette:
        for request, response in EXCHANGES.values():
            cassette.record(request, response)
        assert cassette.status().recorded == len(EXCHANGES)
        assert_clean(tmp_path)


@pytest.mark.parametrize(
    "hidden",
    [
        base64.b64encode(f"xx{TOKEN}yy".encode()),
        b"\xff\xfe" + base64.b64encode(f"not {ACCOUNT}:{TOKEN}".encode()),
        TOKEN.encode().hex().encode(),
        bytes.fromhex("ff") * 30 + base64.urlsafe_b64encode(f"~{TOKEN}".encode()),
        "".join(f"%{ord(char):02x}" for char in TOKEN).encode(),
        b'{"u": "/?q=' + "".join(f"%25{ord(char):02X}" for char in TOKEN).encode() + b'"}',
        b'{"n": "' + ESCAPED.encode() + b'"}',
        json.dumps({"é": '{"n": "' + ESCAPED + '"}'}, ensure_ascii=False).encode(),
        f"<A>{TOKEN.replace('e', '&#101;').replace('c', '&#x63;')}</A>".encode(),
        TOKEN.upper().encode(),
        gzip.compress(json.dumps({"a": TOKEN}).encode()),
        TOKEN.encode("utf-16"),
    ],
    ids=[
        "base64", "credentials", "hexadecimal", "in binary", "percent", "percent twice", "JSON escapes",
        "JSON escapes in JSON", "XML references", "capital letters", "gzip", "UTF-16",
    ],
)  # fmt: skip
def test_what_no_rule_removes_is_found_afterwards(tmp_path: Path, hidden: bytes) -> None:
    with Cassette(tmp_path / "a.yaml", RecordMode.ONCE) as cassette:
        cassette.record(get("a", basic(ACCOUNT, TOKEN)), OK)
        with pytest.raises(SecretSurvivedError):
            cassette.record(get("b", basic(ACCOUNT, TOKEN)), Response(200, "OK", (), hidden))
        assert_clean(tmp_path)
        with pytest.raises(SecretSurvivedError):
            cassette.record(get("c", basic(ACCOUNT, TOKEN)), OK)
    assert Cassette(tmp_path / "a.yaml").status().interactions == 1
