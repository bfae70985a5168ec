"""What a page is made of, for tests: exchanges, and a source that holds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from twilio_test_proxy.cassettes.explanation import Miss
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.page.exchanges import Exchange, Overview, Summary

SID = "AC" + "1" * 32
TOKEN = "5f0c8d6e2b7a4913" * 2
BASIC = "Basic QUMxMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMToxMjM0NWFiYy1zZWNyZXQ="  # SID:12345abc-secret
PASSWORD = "12345abc-secret"
URL = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json"
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
JSON = (("Content-Type", "application/json"),)

SUMMARY = Summary(1, 1_700_000_000.0, "POST", "Messages", "test", SID, "+15005550006", "+14108675309", 201, "answered")


def exchange(
    number: int = 1,
    *,
    request: Request | None = None,
    response: Response | None = None,
    miss: Miss | None = None,
    sizes: tuple[int, int] | None = None,
    **summary: Any,
) -> Exchange:
    """An exchange; its sizes are those of its bodies unless others are given."""
    request = request or Request("POST", URL, FORM, b"To=%2B14108675309&Body=hello")
    response = response or Response(201, "CREATED", JSON, b'{"sid": "SM1"}')
    sizes = sizes or (len(request.body), len(response.body))
    return Exchange(replace(SUMMARY, number=number, **summary), request, response, *sizes, seconds=0.0015, miss=miss)


@dataclass
class Samples:
    """A source with the exchanges that it is given."""

    exchanges: list[Exchange] = field(default_factory=list)
    cassettes: Sequence[Mapping[str, Any]] = ()
    pem: bytes | None = None
    seen: Iterable[str] = ()
    dialled: int = 0
    kept: int = 500

    def version(self) -> str:
        return str(len(self.exchanges))

    def overview(self) -> Overview:
        counts: dict[str, int] = {}
        for one in self.exchanges:
            counts[one.summary.outcome] = counts.get(one.summary.outcome, 0) + 1
        addresses = ["http://127.0.0.1:8080"]
        return Overview(addresses, "any pair", "live: refused", counts, self.dialled, self.cassettes, self.kept)

    def summaries(self) -> list[Summary]:
        return [one.summary for one in reversed(self.exchanges)]

    def exchange(self, number: int) -> Exchange | None:
        return next((one for one in self.exchanges if one.summary.number == number), None)

    def authorizations(self) -> Iterable[str]:
        return self.seen

    def certificate(self) -> bytes | None:
        return self.pem
