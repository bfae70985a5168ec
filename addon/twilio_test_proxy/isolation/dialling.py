"""How a process outside the isolation reaches Twilio: directly, or through the user's own forward proxy."""

import asyncio
import base64
import ipaddress
import socket
import ssl
from urllib.parse import SplitResult, urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_SECONDS = 30


class DiallingError(Exception):
    """Twilio could not be reached. The text says why, in one line."""


async def dial(host: str, proxy: str = "", credentials: str = "") -> Connection:
    """Connect to port 443 of a Twilio host.

    Args:
        host: the name, under twilio.com.
        proxy: the user's own forward proxy, http://host:port or https://host:port; empty where there is none.
        credentials: for that proxy, user:password; empty where it asks for none.

    Raises:
        DiallingError: there is no such address, it is none of the internet's, or nothing answered.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            return await (_dial_through(urlsplit(proxy), credentials, host) if proxy else _dial_directly(host))
    except TimeoutError as error:
        raise DiallingError(f"{host} did not answer in {_SECONDS} seconds") from error
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise DiallingError(f"Cannot reach {host}: {error}") from error


def is_internet(address: str) -> bool:
    """Whether an IP address is one that Twilio can have: not loopback, private, link-local or reserved."""
    return ipaddress.ip_address(address).is_global


async def _dial_directly(host: str) -> Connection:
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    error: OSError | None = None
    for address in addresses:
        if not is_internet(address):
            raise DiallingError(f"{host} leads to {address}, which is not an address of Twilio's")
        try:
            return await asyncio.open_connection(address, 443)
        except OSError as failure:
            error = failure
    raise error or OSError("the name has no address")


async def _dial_through(proxy: SplitResult, credentials: str, host: str) -> Connection:
    tls = ssl.create_default_context() if proxy.scheme == "https" else None
    port = proxy.port or (443 if tls else 80)
    reader, writer = await asyncio.open_connection(proxy.hostname, port, ssl=tls)
    lines = [f"CONNECT {host}:443 HTTP/1.1", f"Host: {host}:443"]
    if credentials:
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(credentials.encode()).decode()}")
    writer.write("\r\n".join([*lines, "", ""]).encode())
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        status = head.split(b"\r\n", 1)[0].decode(errors="replace")
        if status.split(" ")[1:2] != ["200"]:
            raise DiallingError(f"The forward proxy {proxy.hostname}:{port} refused {host}: {status}")
    except BaseException:
        writer.close()
        raise
    return reader, writer
