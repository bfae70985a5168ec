"""Connections to Twilio by IP address are treated as connections to the name in their TLS handshake."""

from mitmproxy.tls import ClientHelloData

from ..twilio.routes import is_twilio_host


class TwilioInterception:
    """Puts the name of the handshake in place of the address.

    So that the certificate names the host and nothing else, and so that a live request goes to the host by its name.
    """

    def tls_clienthello(self, data: ClientHelloData) -> None:
        """Runs before mitmproxy makes the certificate; lazy connections have not been opened yet."""
        name = data.client_hello.sni
        server = data.context.server
        if not name or not is_twilio_host(name) or server.connected or not server.address:
            return
        server.address = (name, server.address[1])
