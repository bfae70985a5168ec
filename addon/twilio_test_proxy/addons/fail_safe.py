"""Nothing for Twilio leaves where the addons that answer it are gone: their script was removed, or failed to load."""

import logging

from mitmproxy import http
from mitmproxy.addonmanager import Loader
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from ..twilio.routes import find_route, is_twilio_host
from . import refusals
from .dial_guard import TwilioDialGuard
from .hosts import is_forwarded, requested_host
from .outcomes import Outcome, respond

logger = logging.getLogger(__name__)


class TwilioFailSafe:
    """Leaves a stand-by with mitmproxy itself.

    mitmproxy drops a script's addons when its file is removed or has an error when it is loaded again, and when one of
    their options is refused while it is loaded; it goes on as a proxy without them. Must come first, before any addon
    declares an option.
    """

    def __init__(self, guard: TwilioDialGuard) -> None:
        self._guard = guard

    def load(self, loader: Loader) -> None:
        """Put the stand-by after every other addon, in place of that of an earlier load."""
        addons = loader.master.addons
        earlier = addons.get(TwilioStandBy.name)
        if earlier is not None:
            addons.remove(earlier)
        addons.add(TwilioStandBy(self._guard))


class TwilioStandBy:
    """Refuses the requests and vetoes the connections that no other addon has dealt with."""

    name = "twiliostandby"

    def __init__(self, guard: TwilioDialGuard) -> None:
        self._guard = guard

    def request(self, flow: http.HTTPFlow) -> None:
        """Refuse; the other addons leave no request for Twilio without an answer."""
        if flow.response or flow.error or not flow.live or is_forwarded(flow):
            return
        host = requested_host(flow)
        if not host:
            return
        route = find_route(host, flow.request.path)
        logger.error("A request for %s was refused: %s", host, refusals.NOT_LOADED.message)
        charset_asked = "accept-charset" in flow.request.headers
        response = refusals.NOT_LOADED.response(route.format_, charset_asked=charset_asked)
        respond(flow, response, Outcome("refused", "nobody", "", route.path))

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Veto; what may dial has been let through by the guard."""
        if data.server.error or self._guard.is_let_through(data.client):
            return
        host = (data.server.address or ("", 0))[0]
        if is_twilio_host(host) or is_twilio_host(data.client.sni or ""):
            data.server.error = refusals.NOT_LOADED.message
