"""An addon that answers as little as possible, so that tests of the isolation depend on nothing else.

Loaded by mitmdump; answers with what it saw of a request, or passes it on when the option says so.
"""

import json

from mitmproxy import ctx, http
from mitmproxy.addonmanager import Loader

from twilio_test_proxy.addons.gateway import TwilioGateway
from twilio_test_proxy.addons.name_server import TwilioNameServer


class Least:
    def load(self, loader: Loader) -> None:
        loader.add_option("pass_on", bool, False, "")
        ctx.options.update(connection_strategy="lazy", listen_host="127.0.0.1", allow_hosts=[r"twilio\.com"])

    def request(self, flow: http.HTTPFlow) -> None:
        if not ctx.options.pass_on:
            seen = {
                "scheme": flow.request.scheme,
                "host": flow.request.pretty_host,
                "path": flow.request.path,
                "mode": flow.client_conn.proxy_mode.type_name,
            }
            flow.response = http.Response.make(201, json.dumps(seen), {"Content-Type": "application/json"})


addons = [Least(), TwilioGateway(), TwilioNameServer()]
