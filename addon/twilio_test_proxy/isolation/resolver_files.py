"""The texts of the files that tell a program how to find the address of a name."""

import re

ADDRESS = "127.0.0.1"

RESOLV_CONF = f"nameserver {ADDRESS}\noptions timeout:1 attempts:1\n"

# Names in Twilio's own API descriptions, for resolvers that read only the hosts file. All others, those of
# edges and regions included, are the name server's.
TWILIO_NAMES = tuple(
    f"{name}.twilio.com"
    for name in (
        "accounts",
        "api",
        "assistants",
        "autopilot",
        "bulkexports",
        "chat",
        "content",
        "conversations",
        "events",
        "fax",
        "flex-api",
        "frontline-api",
        "iam",
        "insights",
        "intelligence",
        "ip-messaging",
        "knowledge",
        "lookups",
        "marketplace",
        "media",
        "messaging",
        "microvisor",
        "monitor",
        "notify",
        "numbers",
        "oauth",
        "preview",
        "preview-iam",
        "pricing",
        "proxy",
        "routes",
        "serverless",
        "studio",
        "supersim",
        "sync",
        "taskrouter",
        "trunking",
        "trusthub",
        "verify",
        "video",
        "voice",
        "wireless",
    )
)

CONTROL_NAME = "twilio-test-proxy.test"


def hosts(text: str) -> str:
    """The hosts file (hosts(5)) with every Twilio name at the proxy; the user's other entries stay.

    Args:
        text: the machine's own hosts file.
    """
    kept = [line for line in text.splitlines() if not _names_twilio(line)]
    ours = [f"{ADDRESS} {name}" for name in (*TWILIO_NAMES, CONTROL_NAME)]
    return "\n".join([*kept, *ours]) + "\n"


def name_service_switch(text: str) -> str:
    """The nsswitch.conf(5) in which host names are looked up in files and by DNS and nowhere else.

    Other services ("resolve", "mdns", "sss") ask a daemon outside through a Unix socket, which no network
    namespace stops.

    Args:
        text: the machine's own nsswitch.conf.
    """
    kept = [line for line in text.splitlines() if not re.match(r"\s*hosts\s*:", line)]
    return "\n".join([*kept, "hosts: files dns"]) + "\n"


def _names_twilio(line: str) -> bool:
    names = line.partition("#")[0].lower().split()[1:]
    return any(name == "twilio.com" or name.endswith(".twilio.com") for name in names)
