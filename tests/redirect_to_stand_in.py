"""A mitmproxy script for tests: connections to Twilio lead to the stand-in, SNI and Host stay as they are."""

import os

from mitmproxy.proxy.server_hooks import ServerConnectionHookData


def server_connect(data: ServerConnectionHookData) -> None:
    if data.server.address and data.server.address[0].endswith("twilio.com"):
        data.server.address = ("127.0.0.1", int(os.environ["STAND_IN_PORT"]))
