"""HTTP 424: the proxy speaks, and not Twilio, which never answers it; no client retries it."""

from dataclasses import dataclass

from ..twilio.responses import Format, Response, envelope

STATUS = 424
MISS = 424001
NOT_ALLOWED = 424002
UNREACHABLE = 424003
MORE_INFO = "http://twilio-test-proxy.test/errors/{code}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a live request is not answered, in one paragraph that says what to do next."""

    code: int
    message: str

    def response(self, format_: Format, *, charset_asked: bool = False) -> Response:
        """The refusal in Twilio's envelope, so that the SDK's exception is the diagnosis.

        Args:
            format_: JSON or XML.
            charset_asked: the client sent `Accept-Charset`; then Content-Type names the character set.
        """
        more_info = MORE_INFO.format(code=self.code)
        return envelope(self.code, STATUS, self.message, more_info, format_, charset_asked=charset_asked)


NOTHING_ANSWERS = Refusal(
    NOT_ALLOWED,
    "Live credentials, and nothing may answer them. If these are test credentials, configure them with "
    "twilio_test_account_sid and twilio_test_auth_token. To replay a recording set twilio_cassette=PATH; "
    "to record one add twilio_forward_live=true and twilio_record_mode=once.",
)

OWN_MISTAKE = Refusal(
    NOT_ALLOWED,
    "The proxy failed at this request, and sent it nowhere. Its terminal shows how: please report it.",
)

NOT_LOADED = Refusal(
    NOT_ALLOWED,
    "The proxy runs without its addon, which was removed or could not be loaded, and sent this nowhere. "
    "Its terminal says why: start it again.",
)


def not_allowed(reason: object) -> Refusal:
    """A live request that nothing may answer because of the cassette: its name, its file."""
    return Refusal(NOT_ALLOWED, str(reason))


def miss(explanation: str) -> Refusal:
    """A live request that the cassette does not hold."""
    return Refusal(MISS, explanation)


def with_magic_numbers(refusal: Refusal) -> Refusal:
    """The same, for a request with magic numbers, which people send with credentials that count as live ones here."""
    return Refusal(
        refusal.code,
        f"{refusal.message} Its magic numbers are for test credentials: beside a cassette, name yours with "
        "twilio_test_account_sid and twilio_test_auth_token.",
    )


def unreachable(host: str, reason: object) -> Refusal:
    """A live request that got no answer."""
    return Refusal(
        UNREACHABLE,
        f"The request could not be forwarded to {host}, and nothing was recorded: {str(reason).rstrip('.')}. "
        "Check the network of the proxy, and that it trusts the certificate (ssl_verify_upstream_trusted_ca).",
    )


def stopped(host: str) -> Refusal:
    """A live request that was on its way when the proxy was stopped."""
    return Refusal(
        UNREACHABLE, f"The request was sent to {host}, and the proxy was stopped before the answer was recorded."
    )


def not_recorded(status: int, reason: object) -> Refusal:
    """An answer that Twilio gave and that could not be kept: it must not look recorded."""
    return Refusal(NOT_ALLOWED, f"Twilio answered {status}, but the answer could not be recorded: {reason}")
