"""Live credentials of nobody, requests made with them, and the options of a proxy that records or replays them."""

from pathlib import Path

import httpx

LIVE_SID = "AC" + "9" * 32
LIVE_TOKEN = "c0ffee00" * 4
LIVE = (LIVE_SID, LIVE_TOKEN)
PATH = f"/2010-04-01/Accounts/{LIVE_SID}"
API = f"https://api.twilio.com{PATH}"
ONE = {"To": "+14108675309", "From": "+15017122661", "Body": "one"}
TWO = ONE | {"Body": "two"}


def recording(cassette: Path, mode: str = "once") -> tuple[str, ...]:
    return ("--set", f"twilio_cassette={cassette}", "--set", f"twilio_record_mode={mode}")


def replaying(cassette: Path) -> tuple[str, ...]:
    return ("--set", f"twilio_cassette={cassette}")


def header(answer: httpx.Response) -> str:
    """Who gave the answer."""
    return answer.headers["X-Twilio-Test-Proxy"]
