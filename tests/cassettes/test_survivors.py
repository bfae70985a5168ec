import gzip

import pytest

from cassette_samples import TOKEN, item, kept
from twilio_test_proxy.cassettes.interaction import Interaction, Response
from twilio_test_proxy.cassettes.secrets import Secrets
from twilio_test_proxy.cassettes.survivors import holds_secret


@pytest.mark.parametrize(
    ("body", "held"),
    [
        (TOKEN.encode(), True),
        (b"\xff" + TOKEN.encode(), True),
        (b"\xff" + TOKEN.encode().hex().encode(), True),
        (gzip.compress(TOKEN.encode()), True),
        (gzip.compress(b"nothing"), False),
        (gzip.compress(TOKEN.encode())[:-9], False),
        (b"\xff nothing", False),
        (b"a: !!binary |\n  abc\n", False),
        (b"a: !!binary |\n  abc\n" + TOKEN.encode(), True),
    ],
    ids=[
        "text",
        "binary",
        "in binary",
        "gzip",
        "gzip without",
        "gzip cut short",
        "binary without",
        "text like binary",
        "in text like binary",
    ],
)
def test_a_secret_is_found_in_a_body(body: bytes, held: bool) -> None:
    secrets = Secrets()
    secrets.learn(TOKEN)
    secrets.learn("another-secret-1")
    text = item(Interaction(kept().request, Response(200, "OK", (), body))).encode()
    assert holds_secret(text, secrets) is held
    assert holds_secret(text, secrets, iter([TOKEN])) is held
    assert not holds_secret(text, secrets, ["another-secret-1"])
