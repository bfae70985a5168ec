"""Answers names where a command runs isolated: Twilio's lead to the proxy, and there are no others."""

from ipaddress import IPv4Address

from mitmproxy import dns
from mitmproxy.net.dns import classes, response_codes, types

_ZONES = ("twilio.com", "twilio-test-proxy.test", "localhost")
_ADDRESS = IPv4Address("127.0.0.1")


class TwilioNameServer:
    """Answers every DNS query by itself, at once."""

    def dns_request(self, flow: dns.DNSFlow) -> None:
        """Answer a query: the loopback address for Twilio's names, "no such name" for all others.

        A name that exists has an IPv4 address and nothing else: mitmproxy listens there. Other types get an
        empty answer, which sends the client on to the IPv4 address (RFC 2308, 2.2).
        """
        question = flow.request.question
        if question is None:
            flow.response = flow.request.fail(response_codes.FORMERR)
        elif not is_known(question.name):
            flow.response = flow.request.fail(response_codes.NXDOMAIN)
        elif question.type == types.A and question.class_ == classes.IN:
            flow.response = flow.request.succeed([dns.ResourceRecord.A(question.name, _ADDRESS)])
        else:
            flow.response = flow.request.succeed([])


def is_known(name: str) -> bool:
    """Whether a name is Twilio's, the proxy's own or this machine's. Names have no case (RFC 4343)."""
    plain = name.lower().rstrip(".")
    return any(plain == zone or plain.endswith(f".{zone}") for zone in _ZONES)
