import pytest

from twilio_test_proxy.cassettes.scrubbed_xml import scrubbed_xml
from twilio_test_proxy.cassettes.secrets import Secrets


@pytest.mark.parametrize(
    ("text", "clean", "learned"),
    [
        ("<T><Token><V a='b'>s3cret-1</V></Token><V>x</V></T>", "<T><Token><V a='b'>SCRUBBED</V></Token><V>x</V></T>",
         ("s3cret-1",)),
        ("<Token><Token>s3cret-1</Token>s3cret-2</Token>x", "<Token><Token>SCRUBBED</Token>SCRUBBED</Token>x",
         ("s3cret-1", "s3cret-2")),
        ("<Token><!-- x -->s3cret-1</Token>", "<Token>SCRUBBED</Token>", ("s3cret-1",)),
        ("<Token>s3cre<![CDATA[t-<1>]]></Token>", "<Token>SCRUBBED</Token>", ("s3cret-<1>",)),
        ("<Token>s3cret-&#49;</Token>", "<Token>SCRUBBED</Token>", ("s3cret-1",)),
        ("<a:Token >s3cret-1</a:Token >", "<a:Token >SCRUBBED</a:Token >", ("s3cret-1",)),
        ("<Token/>x<Token />y", "<Token/>x<Token />y", ()),
        ("<Token>a book", "<Token>a book", ()),
        ("<Token><br>s3cret-1</Token>x", "<Token><br>SCRUBBED</Token>x", ("s3cret-1",)),
        ("<a token='s3cret-&#49;'/>", '<a token="SCRUBBED"/>', ("s3cret-1",)),
    ],
    ids=[
        "an element inside", "the same element inside", "a comment inside", "CDATA in pieces", "references",
        "a prefix", "empty elements", "an element without end", "a tag without end inside", "an attribute",
    ],
)  # fmt: skip
def test_what_a_secret_element_holds_is_taken_out(text: str, clean: str, learned: tuple[str, ...]) -> None:
    secrets = Secrets()
    assert scrubbed_xml(text, secrets, lambda inner: inner) == clean
    assert secrets.known() == learned
    assert scrubbed_xml(clean, secrets, lambda inner: inner) == clean


def test_content_that_may_be_a_document_is_handed_on() -> None:
    asked: list[str] = []

    def changed(inner: str) -> str:
        asked.append(inner)
        return inner.replace("1", "<2>")

    text = "<A>plain 1</A><B>{1}</B><C> &quot;1</C><D><![CDATA[[1&lt;]]></D>"
    assert scrubbed_xml(text, Secrets(), changed) == (
        '<A>plain 1</A><B>{&lt;2&gt;}</B><C> "&lt;2&gt;</C><D>[&lt;2&gt;&amp;lt;</D>'
    )
    assert asked == ["{1}", ' "1', "[1&lt;"]
