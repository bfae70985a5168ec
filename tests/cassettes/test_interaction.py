from twilio_test_proxy.cassettes.interaction import (
    Interaction,
    Request,
    Response,
    first_header,
    grouped_headers,
    header_values,
    without_headers,
)

HEADERS = (("Link", "a"), ("X-One", "1"), ("link", "b"))


def test_header_values_come_in_the_order_sent_whatever_the_case() -> None:
    assert list(header_values(HEADERS, "LINK")) == ["a", "b"]


def test_the_first_header_is_empty_where_there_is_none() -> None:
    assert first_header(HEADERS, "Link") == "a"
    assert first_header(HEADERS, "Location") == ""


def test_headers_are_left_out_whatever_the_case() -> None:
    assert without_headers(HEADERS, frozenset({"link"})) == (("X-One", "1"),)


def test_repeated_headers_are_grouped_under_their_first_spelling() -> None:
    assert grouped_headers(HEADERS) == {"Link": ["a", "b"], "X-One": ["1"]}


def test_only_what_was_said_is_in_an_exchange() -> None:
    interaction = Interaction(Request("GET", "https://api.twilio.com/"), Response(204))
    assert (interaction.request.headers, interaction.request.body) == ((), b"")
    assert (interaction.response.reason, interaction.response.body, interaction.response.extra) == ("", b"", {})
    assert interaction.metadata == {}
