"""mitmproxy hooks: one addon per concern, in the order in which a request meets them."""

from .defaults import TwilioDefaults
from .dial_guard import TwilioDialGuard
from .hosts import TwilioHosts
from .interception import TwilioInterception
from .live_requests import TwilioLiveRequests
from .options import TwilioOptions
from .redaction import TwilioRedaction
from .terminal import TwilioTerminal
from .test_credentials import TwilioTestCredentials


def create_addons() -> list[object]:
    """The addons, in the order in which mitmproxy calls their hooks."""
    options = TwilioOptions()
    guard = TwilioDialGuard()
    return [
        TwilioDefaults(),
        options,
        guard,
        TwilioInterception(),
        TwilioHosts(),
        TwilioTestCredentials(options),
        TwilioLiveRequests(options),
        TwilioRedaction(),
        TwilioTerminal(options, guard),
    ]
