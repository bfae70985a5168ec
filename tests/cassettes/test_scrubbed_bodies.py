import json

import pytest

from twilio_test_proxy.cassettes.bodies import FORM
from twilio_test_proxy.cassettes.scrubbed_bodies import scrubbed_body, scrubbed_value
from twilio_test_proxy.cassettes.secrets import Secrets

JSON = "application/json"
XML = "application/xml"
MULTIPART = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'


def scrub(body: bytes | str, content_type: str = "") -> tuple[str, tuple[str, ...]]:
    secrets = Secrets()
    data = body if isinstance(body, bytes) else body.encode()
    return scrubbed_body(data, content_type, secrets).decode("utf-8", "surrogateescape"), secrets.known()


@pytest.mark.parametrize(
    ("body", "content_type", "clean"),
    [
        ("To=%2B1410&SipAuthPassword=s3cret-word&Body=a+b", FORM, "To=%2B1410&SipAuthPassword=SCRUBBED&Body=a+b"),
        ("auth%5Ftoken=s3cret-word", FORM, "auth%5Ftoken=SCRUBBED"),
        ("AuthToken=&To=", FORM, "AuthToken=&To="),
        (
            "StatusCallback=https%3A%2F%2Fu%3As3cret-word%40h%2Fcb%3Ftoken%3Ds3cret-word&To=1",
            FORM,
            "StatusCallback=https%3A%2F%2Fh%2Fcb%3Ftoken%3DSCRUBBED&To=1",
        ),
        ('{"auth_token": "s3cret-word",  "to":"+1"}', JSON, '{"auth_token": "SCRUBBED",  "to":"+1"}'),
        ('{"a": [{"b": {"secret" : "s3cret-word"}}]}', JSON, '{"a": [{"b": {"secret" : "SCRUBBED"}}]}'),
        ('{"token": 1234567812345678, "n": 1.50}', JSON, '{"token": "SCRUBBED", "n": 1.50}'),
        ('{"token": null, "secret": "", "password": true}', JSON, '{"token": null, "secret": "", "password": true}'),
        ('{"token": {"value": ["s3cret-word"]}, "é": 1}', JSON, '{"token": {"value": ["SCRUBBED"]}, "é": 1}'),
        ('{"se\\u0063ret": "s3cret-word"}', JSON, '{"se\\u0063ret": "SCRUBBED"}'),
        ('{"url": "https:\\/\\/u:s3cret-word@h"}', JSON, '{"url": "https:\\/\\/h"}'),
        ('{"url": "https://h/?token=it\'s3cret-word"}', JSON, '{"url": "https://h/?token=SCRUBBED"}'),
        ('{"uri": "/x?Url=https%3A%2F%2Fu%3As3cret-word%40h"}', JSON, '{"uri": "/x?Url=https%3A%2F%2Fh"}'),
        ('["https:\\/\\/u:it\'s3cret-word@h\\/"]', JSON, '["https:\\/\\/h\\/"]'),
        ('{"broken": 1, "secret": "s3cret-word"', JSON, '{"broken": 1, "secret": "SCRUBBED"'),
        ("<R><AuthToken>s3cret-word</AuthToken></R>", XML, "<R><AuthToken>SCRUBBED</AuthToken></R>"),
        ("<Secret a='1'><![CDATA[s3cret-word]]></Secret>", XML, "<Secret a='1'>SCRUBBED</Secret>"),
        ("<Sip username='u' password='s3cret-word'>x</Sip>", XML, "<Sip username='u' password=\"SCRUBBED\">x</Sip>"),
        ("<AuthToken> </AuthToken><Body>s</Body>", XML, "<AuthToken> </AuthToken><Body>s</Body>"),
        ("text https://u:s3cret-word@h/", "text/plain", "text https://h/"),
        (r'{"a":"{\"token\":\"s3cret-word\",\"é\":\"\ud800\"}"}', JSON,
         r'{"a":"{\"token\":\"SCRUBBED\",\"é\":\"\ud800\"}"}'),
        (r'A={"a":"{\"token\":\"s3cret-word\",\"é\":\"\ud800\"}"}', FORM,
         "A=%7B%22a%22%3A%22%7B%5C%22token%5C%22%3A%5C%22SCRUBBED%5C%22%2C%5C%22%C3%A9%5C%22%3A%5C%22%5Cud800%5C%22%7D%22%7D"),
        ("access_token=s3cret-word&token_type=bearer", "text/plain", "access_token=SCRUBBED&token_type=bearer"),
        ('Attributes={"a":+1,"auth_token":"s3cret-word"}&n=1', FORM,
         "Attributes=%7B%22a%22%3A+1%2C%22auth_token%22%3A%22SCRUBBED%22%7D&n=1"),
        ("Twiml=%3CA%3E%3CToken%3Es3cret-word%3C/Token%3E%3C/A%3E", FORM,
         "Twiml=%3CA%3E%3CToken%3ESCRUBBED%3C%2FToken%3E%3C%2FA%3E"),
        ("%7B%22auth_token%22%3A%22s3cret-word%22%7D", FORM, "%7B%22auth_token%22%3A%22SCRUBBED%22%7D"),
        ('{"auth_token": "s3cret-word", "u": "/?a=1&b"}', FORM, '{"auth_token": "SCRUBBED", "u": "/?a=1&b"}'),
        ('{"secret": "s3cret-word", "cut&Password=s3cret-word', FORM, '{"secret": "SCRUBBED", "cut&Password=SCRUBBED'),
        ("<A><Token>s3cret-word</Token></A>", FORM, "<A><Token>SCRUBBED</Token></A>"),
        ('{"a": "{\\"auth_token\\": \\"s3cret-word\\"}"}', JSON, '{"a": "{\\"auth_token\\": \\"SCRUBBED\\"}"}'),
        ('{"a": "<Token>s3cret-word<\\/Token>"}', JSON, '{"a": "<Token>SCRUBBED<\\/Token>"}'),
        ('<A>{"auth_token": "s3cret-word"}</A>', XML, '<A>{"auth_token": "SCRUBBED"}</A>'),
        ('"{\\"auth_token\\": \\"s3cret-word\\"}"', "text/plain", '"{\\"auth_token\\": \\"SCRUBBED\\"}"'),
    ],
)  # fmt: skip
def test_a_secret_is_taken_out_and_the_rest_stays(body: str, content_type: str, clean: str) -> None:
    assert scrub(body, content_type)[0] == clean
    assert scrub(clean, content_type) == (clean, ())


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"To=%ff&x", FORM),
        (b"\xff\xfe" * 9, "audio/x-wav"),
        (b"\xff{", JSON),
        (b'{"a":\t1.0 , "b":[ ] }', JSON),
        (b"", JSON),
        (PART % (b"To", b"+1") + b"--b--\r\n", MULTIPART),
        (b"\r\nbefore\r\n" + PART % (b"To", b"{}") + PART % (b"A", b"") + b"--b--\r\nafter", MULTIPART),
        (b'{"a": "{\\"b\\" : [1 ,2]}", "c":"\\u0041="}', JSON),
        (b'Attributes={"a":+"b"}&x=%7b%7D', FORM),
        ("<A>{&quot;a&quot;: 1}<!-- Token --></A>".encode("utf-16"), XML),
        (b"\xff\xfe{", JSON),
        (b"no multipart", MULTIPART),
        ("Grüße".encode("latin-1"), "text/plain"),
    ],
)
def test_a_body_without_secrets_stays_byte_for_byte(body: bytes, content_type: str) -> None:
    secrets = Secrets()
    assert scrubbed_body(body, content_type, secrets) == body
    assert secrets.known() == ()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://h/x?Url=https%3A%2F%2Fu%3As3cret-word%40y%2F&a=%7e", "https://h/x?Url=https%3A%2F%2Fy%2F&a=%7e"),
        ("https://h/x?a=+b&Url=https%3a%2f%2fy%2f%3Ftoken%3Ds3cret-word#c",
         "https://h/x?a=+b&Url=https%3A%2F%2Fy%2F%3Ftoken%3DSCRUBBED#c"),
        ("/x?Attributes=%7B%22token%22%3A%22s3cret-word%22%7D", "/x?Attributes=%7B%22token%22%3A%22SCRUBBED%22%7D"),
        ("/x?Attributes={%22token%22:%22s3cret-word%22}", "/x?Attributes=%7B%22token%22%3A%22SCRUBBED%22%7D"),
        ('/x?Attributes={"token":"s3cret-word"}', "/x?Attributes=%7B%22token%22%3A%22SCRUBBED%22%7D"),
        ("/x?%7B%22token%22%3A%22s3cret-word%22%7D", "/x?%7B%22token%22%3A%22SCRUBBED%22%7D"),
        ("/x?Twiml=%3CToken%3Es3cret-word%3C/Token%3E&b", "/x?Twiml=%3CToken%3ESCRUBBED%3C%2FToken%3E&b"),
        ("/x?next=/y%3Fnext%3D%252Fz%253Ftoken%253Ds3cret-word", "/x?next=%2Fy%3Fnext%3D%252Fz%253Ftoken%253DSCRUBBED"),
        ("/x?next=https://y/?token=s3cret-word&b=%2f", "/x?next=https://y/?token=SCRUBBED&b=%2f"),
        ("https://u:s3cret-word@h/?a=%2f", "https://h/?a=%2f"),
        ('{"token": "s3cret-word"}', '{"token": "SCRUBBED"}'),
    ],
    ids=[
        "user info", "a field", "JSON", "JSON, braces plain", "JSON, plain", "JSON without a name", "XML", "twice",
        "plain", "its own", "a header with JSON",
    ],
)  # fmt: skip
def test_the_query_of_a_uri_is_looked_into_like_a_form(text: str, clean: str) -> None:
    secrets = Secrets()
    assert scrubbed_value(text, secrets) == clean
    assert secrets.known() == ("s3cret-word",)
    assert scrubbed_value(clean, secrets) == clean


@pytest.mark.parametrize(
    "text",
    ["/x?a=%7b%22b%22%3A1%7D&=&&c=%ff+%zz?d=\ud800#e", "https://h/?To=%2B1&a=/?b=c", "https://h?", "?", "sip:a@b?c=d",
     "see https://h/?a=%7b and more", "/?a=\N{EURO SIGN}%e2%82%ac"],
)  # fmt: skip
def test_a_uri_without_secrets_stays_as_it_is(text: str) -> None:
    secrets = Secrets()
    assert scrubbed_value(text, secrets) == text
    assert secrets.known() == ()


def test_the_query_of_a_uri_in_a_form_is_looked_into() -> None:
    body = "Url=https%3A%2F%2Fh%2F%3Fnext%3Dhttps%253A%252F%252Fy%252F%253Ftoken%253Ds3cret-word&a=%7e"
    assert scrub(body, FORM) == (body.replace("s3cret-word", "SCRUBBED"), ("s3cret-word",))
    body = "Url=https%3A%2F%2Fh%2F%3Fnext%3Dhttps%3A%2F%2Fy%2F%3Ftoken%3Ds3cret%27word"
    assert scrub(body, FORM) == (body.replace("s3cret%27word", "SCRUBBED"), ("s3cret'word",))


def test_a_part_with_a_secret_is_taken_out() -> None:
    body = PART % (b"AuthToken", b"s3cret-word") + PART % (b"To", b"+1") + b"--b--\r\n"
    clean = PART % (b"AuthToken", b"SCRUBBED") + PART % (b"To", b"+1") + b"--b--\r\n"
    assert scrub(body, MULTIPART) == (clean.decode(), ("s3cret-word",))


@pytest.mark.parametrize(
    ("part", "clean"),
    [
        (b'name="File"; filename="a"\r\n\r\n{"secret": "s3cret-word"}',
         b'name="File"; filename="a"\r\n\r\n{"secret": "SCRUBBED"}'),
        (b"name=AuthToken\r\n\r\ns3cret-word", b"name=AuthToken\r\n\r\nSCRUBBED"),
        (b'name="PrivateKey"; filename="key.pem"\r\n\r\ns3cret-word',
         b'name="PrivateKey"; filename="key.pem"\r\n\r\nSCRUBBED'),
        (b'name="A"\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1&Password=s3cret-word',
         b'name="A"\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1&Password=SCRUBBED'),
    ],
    ids=["JSON in a file", "a name without quotes", "a secret file", "a form by its header"],
)  # fmt: skip
def test_parts_are_looked_into(part: bytes, clean: bytes) -> None:
    around = b"--b\r\nContent-Disposition: form-data; %s\r\n--b--\r\n"
    assert scrub(around % part, MULTIPART) == ((around % clean).decode(), ("s3cret-word",))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize(
    ("body", "content_type", "clean"),
    [
        ("<A><AuthToken>s3cret-word</AuthToken></A>", XML, "<A><AuthToken>SCRUBBED</AuthToken></A>"),
        ('{"auth_token": "s3cret-word"}', JSON, '{"auth_token": "SCRUBBED"}'),
        ('{"auth_token": "s3cret-word"}', "", '{"auth_token": "SCRUBBED"}'),
    ],
    ids=["XML", "JSON", "JSON by its look"],
)
def test_wide_characters_are_read(body: str, content_type: str, clean: str, encoding: str) -> None:
    secrets = Secrets()
    assert scrubbed_body(body.encode(encoding), content_type, secrets) == clean.encode(encoding)
    assert secrets.known() == ("s3cret-word",)


@pytest.mark.parametrize("levels", [1, 2, 5])
def test_json_in_json_in_json_is_looked_into(levels: int) -> None:
    body, clean = '{"auth_token": "s3cret-word"}', '{"auth_token": "SCRUBBED"}'
    for _ in range(levels):
        body, clean = json.dumps({"attributes": body}), json.dumps({"attributes": clean})
    assert scrub(body, JSON) == (clean, ("s3cret-word",))


@pytest.mark.parametrize(
    ("piece", "content_type"),
    [
        ("a", "text/plain"),
        ("a@", "text/plain"),
        ("a:", JSON),
        ('"', JSON),
        ('"a":', JSON),
        ("\\", JSON),
        ("&a", FORM),
        ("?a", "text/plain"),
        ("<a>", XML),
        ("<a>x", XML),
        ("<a><![CDATA[x]]>", XML),
        ("<![CDATA[", XML),
        (" a='", XML),
        ("QU", "text/plain"),
        ("http://", "text/plain"),
        ('"\\"', JSON),
        ('"a:', JSON),
        ('"/a?b=%41",', JSON),
        ('{"a":"', JSON),
        ('{\\"a\\":', JSON),
        ('["{', JSON),
        ("{", FORM),
        ("%7B", FORM),
        ("a={&", FORM),
        ("<Token>", XML),
        ("<Token></Token>", XML),
        ("<!--", XML),
        ("<a b", XML),
        ("\na", "text/plain"),
        ("/?a=", FORM),
        ("https://a/?a=", FORM),
        ("a=%2F%3F&", FORM),
        ("\r\n--b\r\n\r\n", MULTIPART),
    ],
)
def test_no_body_makes_the_search_for_secrets_run_away(piece: str, content_type: str) -> None:
    """Each of these takes minutes if it is not linear, and the tests' own limit ends it."""
    for start in ("@", "{"):
        body = (start + piece * (1_000_000 // len(piece))).encode()
        assert scrubbed_body(body, content_type, Secrets())


def test_what_was_taken_out_is_learned() -> None:
    body = json.dumps({"secret": 's3"cret-word', "x": {"token": ["ab-12345678"]}})
    assert scrub(body, JSON)[1] == ('s3"cret-word', "ab-12345678")
    assert scrub("<T><Token><![CDATA[s3cret-word]]></Token></T>", XML)[1] == ("s3cret-word",)
    assert scrub("AuthToken=s3cret%2Bword", FORM)[1] == ("s3cret+word",)
