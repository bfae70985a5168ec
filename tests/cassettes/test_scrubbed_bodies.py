import json

import pytest

from twilio_test_proxy.cassettes.bodies import FORM
from twilio_test_proxy.cassettes.scrubbed_bodies import scrubbed_body, scrubbed_text
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
    ("text", "clean", "learned"),
    [
        ("https://user:pass-word1@host/x", "https://host/x", ("pass-word1",)),
        ("https://AC11111111111111111111111111111111:pass%2Bword1@host", "https://host", ("pass+word1",)),
        ("https://token-123456@host/x", "https://host/x", ("token-123456",)),
        ("https:\\/\\/user:pass-word1@host\\/x", "https:\\/\\/host\\/x", ("pass-word1",)),
        ("wss://a:b@host", "wss://host", ()),
        ("see https://a:b@host and mail@example.com", "see https://host and mail@example.com", ()),
        ("https://host/a@b?c=d@e", "https://host/a@b?c=d@e", ()),
        ("/x?Token=abc-123456&To=1", "/x?Token=SCRUBBED&To=1", ("abc-123456",)),
        ("/x?a=1&amp;auth_token=abc-123456", "/x?a=1&amp;auth_token=SCRUBBED", ("abc-123456",)),
        ("/x#access_token=abc-123456&a=b", "/x#access_token=SCRUBBED&a=b", ("abc-123456",)),
        ("/x?PageToken=abc-123456&token=", "/x?PageToken=abc-123456&token=", ()),
        ("no url: password=abc-123456", "no url: password=abc-123456", ()),
    ],
)
def test_urls_lose_user_and_secret_fields(text: str, clean: str, learned: tuple[str, ...]) -> None:
    secrets = Secrets()
    assert scrubbed_text(text, secrets) == clean
    assert secrets.known() == learned
    assert scrubbed_text(clean, secrets) == clean


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
        ('{"token": {"value": ["s3cret-word"]}, "é": 1}', JSON, '{"token": {"value": ["SCRUBBED"]}, "\\u00e9": 1}'),
        ('{"se\\u0063ret": "s3cret-word"}', JSON, '{"se\\u0063ret": "SCRUBBED"}'),
        ('{"url": "https:\\/\\/u:s3cret-word@h"}', JSON, '{"url": "https:\\/\\/h"}'),
        ('{"broken": 1, "secret": "s3cret-word"', JSON, '{"broken": 1, "secret": "SCRUBBED"'),
        ("<R><AuthToken>s3cret-word</AuthToken></R>", XML, "<R><AuthToken>SCRUBBED</AuthToken></R>"),
        ("<Secret a='1'><![CDATA[s3cret-word]]></Secret>", XML, "<Secret a='1'>SCRUBBED</Secret>"),
        ("<Sip username='u' password='s3cret-word'>x</Sip>", XML, "<Sip username='u' password=\"SCRUBBED\">x</Sip>"),
        ("<AuthToken> </AuthToken><Body>s</Body>", XML, "<AuthToken> </AuthToken><Body>s</Body>"),
        ("text https://u:s3cret-word@h/", "text/plain", "text https://h/"),
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
        (b"no multipart", MULTIPART),
        ("Grüße".encode("latin-1"), "text/plain"),
    ],
)
def test_a_body_without_secrets_stays_byte_for_byte(body: bytes, content_type: str) -> None:
    secrets = Secrets()
    assert scrubbed_body(body, content_type, secrets) == body
    assert secrets.known() == ()


def test_a_part_with_a_secret_is_taken_out() -> None:
    body = PART % (b"AuthToken", b"s3cret-word") + PART % (b"To", b"+1") + b"--b--\r\n"
    clean = PART % (b"AuthToken", b"SCRUBBED") + PART % (b"To", b"+1") + b"--b--\r\n"
    assert scrub(body, MULTIPART) == (clean.decode(), ("s3cret-word",))


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
    ],
)
def test_no_body_makes_the_search_for_secrets_run_away(piece: str, content_type: str) -> None:
    """Each of these takes minutes if it is not linear, and the tests' own limit ends it."""
    body = ("@" + piece * (1_000_000 // len(piece))).encode()
    assert scrubbed_body(body, content_type, Secrets())


def test_what_was_taken_out_is_learned() -> None:
    body = json.dumps({"secret": 's3"cret-word', "x": {"token": ["ab-12345678"]}})
    assert scrub(body, JSON)[1] == ('s3"cret-word', "ab-12345678")
    assert scrub("<T><Token><![CDATA[s3cret-word]]></Token></T>", XML)[1] == ("s3cret-word",)
    assert scrub("AuthToken=s3cret%2Bword", FORM)[1] == ("s3cret+word",)
