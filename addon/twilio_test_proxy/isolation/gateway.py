"""The one way out of the isolation: an HTTP proxy outside that knows CONNECT only, and Twilio only.

TLS stays between the proxy inside and Twilio: what passes here is already encrypted, or refused.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

from .dialling import Connection, DiallingError

Dial = Callable[[str], Awaitable[Connection]]
"""Connects to a Twilio host's port 443. Raises DiallingError, whose text goes to the client."""

_REQUEST_LINE = re.compile(rb"CONNECT ((?:[a-z0-9-]+\.)*twilio\.com):443 HTTP/1\.[01]\r\n", re.IGNORECASE)
_MAX_HEAD = 16 * 1024
_HEAD_SECONDS = 30
_CHUNK = 64 * 1024


async def serve(listener: socket.socket, dial: Dial, ended: Awaitable[object]) -> None:
    """Answer CONNECT requests until something has ended.

    Args:
        listener: a listening socket, of whatever network namespace.
        dial: how to reach Twilio from this process's own network namespace.
        ended: when this is done, so is the gateway.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _answer((reader, writer), dial)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # one side went away, or never said what it wanted
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listener, limit=_MAX_HEAD)
    async with server:
        await ended


async def _answer(client: Connection, dial: Dial) -> None:
    reader, writer = client
    async with asyncio.timeout(_HEAD_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
    wanted = _REQUEST_LINE.match(head)
    if not wanted:
        await _refuse(writer, "403 Only CONNECT to twilio.com hosts on port 443 leaves the isolation")
        return
    try:
        upstream = await dial(wanted[1].decode().lower())
    except DiallingError as error:
        await _refuse(writer, f"502 {error}")
        return
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    try:
        await asyncio.gather(_copy(reader, upstream[1]), _copy(upstream[0], writer))
    finally:
        upstream[1].close()


async def _refuse(writer: asyncio.StreamWriter, status: str) -> None:
    # The reason phrase is where mitmproxy looks for what to tell.
    line = re.sub(r"[^ -~]+", " ", status)
    writer.write(f"HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(_CHUNK):
        target.write(data)
        await target.drain()
    with suppress(OSError):
        target.write_eof()
