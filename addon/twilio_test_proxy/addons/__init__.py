"""mitmproxy hooks: one addon per concern, in the order in which a request meets them."""

from .cassettes import TwilioCassettes
from .chain import TwilioTestProxy
from .control import TwilioControl
from .defaults import TwilioDefaults
from .dial_guard import TwilioDialGuard
from .fail_safe import TwilioFailSafe
from .forwarding import TwilioForwarding
from .garbage_collection import TwilioGarbageCollection
from .gateway import TwilioGateway
from .hosts import TwilioHosts
from .interception import TwilioInterception
from .journal import TwilioJournal
from .live_requests import TwilioLiveRequests
from .name_server import TwilioNameServer
from .options import TwilioOptions
from .own_address import TwilioOwnAddress
from .page import TwilioPage, WatchedProxy
from .proxy_users import TwilioProxyUsers
from .redaction import TwilioRedaction
from .report import TwilioReport
from .terminal import TwilioTerminal
from .test_credentials import TwilioTestCredentials
from .updates import TwilioUpdates


def create_addons() -> list[object]:
    """What mitmproxy loads: one addon that calls the hooks of all these, in this order."""
    options = TwilioOptions()
    cassettes = TwilioCassettes(options)
    guard = TwilioDialGuard()
    forwarding = TwilioForwarding(guard)
    live_requests = TwilioLiveRequests(options, cassettes, forwarding)
    journal = TwilioJournal(live_requests)
    report = TwilioReport(options, cassettes, guard)
    address = TwilioOwnAddress()
    chain = [
        TwilioFailSafe(guard),
        TwilioDefaults(),
        options,
        cassettes,
        guard,
        TwilioInterception(),
        TwilioProxyUsers(),
        TwilioHosts(),
        address,
        TwilioPage(address, WatchedProxy(options, cassettes, guard, journal, report)),
        TwilioControl(address, cassettes, report),
        TwilioTestCredentials(options, cassettes),
        forwarding,
        live_requests,
        TwilioGateway(),
        TwilioNameServer(),
        journal,
        report,
        TwilioRedaction(),
        TwilioTerminal(options, cassettes, guard),
        TwilioGarbageCollection(),
        TwilioUpdates(),
    ]
    return [TwilioTestProxy(chain)]
