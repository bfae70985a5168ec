import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from twilio_test_proxy.isolation.dialling import Connection, DiallingError
from twilio_test_proxy.isolation.gateway import Dial, serve

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]]


def through_gateway(dial: Dial, talk: Talk) -> object:
    """Run a gateway and a client of it, and return what the client returns."""

    async def run() -> object:
        ended = asyncio.Event()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = listener.getsockname()
            server = asyncio.create_task(serve(listener, dial, ended.wait()))
            reader, writer = await asyncio.open_connection(*address)
            try:
                async with asyncio.timeout(10):
                    return await talk(reader, writer)
            finally:
                writer.close()
                await writer.wait_closed()
                ended.set()
                await server

    return asyncio.run(run())


async def no_dial(host: str) -> Connection:
    raise AssertionError(f"dialled {host}")


def ask(request: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request)
        return await reader.read()

    return talk


@pytest.mark.parametrize(
    "request_line",
    [
        pytest.param("CONNECT example.com:443 HTTP/1.1", id="another host"),
        pytest.param("CONNECT nottwilio.com:443 HTTP/1.1", id="host that only ends like Twilio's"),
        pytest.param("CONNECT api.twilio.com.example.com:443 HTTP/1.1", id="host that only begins like Twilio's"),
        pytest.param("CONNECT api.twilio.com:80 HTTP/1.1", id="another port"),
        pytest.param("CONNECT api.twilio.com:4430 HTTP/1.1", id="port that only begins like 443"),
        pytest.param("CONNECT 127.0.0.1:443 HTTP/1.1", id="address"),
        pytest.param("CONNECT user@api.twilio.com:443 HTTP/1.1", id="user"),
        pytest.param("CONNECT api.twilio.com:443\tHTTP/1.1", id="tab"),
        pytest.param("CONNECT  api.twilio.com:443 HTTP/1.1", id="two spaces"),
        pytest.param("GET https://api.twilio.com/ HTTP/1.1", id="another method"),
        pytest.param("CONNECT api.twilio.com:443", id="HTTP/0.9"),
    ],
)
def test_everything_but_connect_to_twilio_is_refused(request_line: str) -> None:
    answer = through_gateway(no_dial, ask(request_line.encode() + b"\r\n\r\n"))
    assert isinstance(answer, bytes)
    assert answer.startswith(b"HTTP/1.1 403 Only CONNECT to twilio.com hosts on port 443 leaves the isolation\r\n")


def test_silence_and_endless_heads_are_hung_up_on() -> None:
    assert through_gateway(no_dial, ask(b"CONNECT " + b"x" * 100_000)) == b""


def test_reason_why_twilio_cannot_be_reached_is_in_the_status_line() -> None:
    async def dial(host: str) -> Connection:
        raise DiallingError(f"Cannot reach {host}:\r\nnobody\tknows")

    answer = through_gateway(dial, ask(b"CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: x\r\n\r\n"))
    assert isinstance(answer, bytes)
    assert answer.split(b"\r\n")[0] == b"HTTP/1.1 502 Cannot reach api.twilio.com: nobody knows"


@pytest.mark.parametrize("host", ["api.twilio.com", "API.Twilio.COM", "api.dublin.ie1.twilio.com"])
def test_bytes_pass_both_ways_until_both_sides_have_ended(host: str) -> None:
    dialled = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Answers only at the end, so that half-closing must have passed too.
        writer.write((await reader.read())[::-1])
        writer.close()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head == b"HTTP/1.1 200 Connection established\r\n\r\n"
        for byte in range(256):
            writer.write(bytes([byte]) * 4096)
            await writer.drain()
        writer.write_eof()
        return await reader.read()

    async def run() -> object:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)

        async def dial(wanted: str) -> Connection:
            dialled.append(wanted)
            return await asyncio.open_connection(*server.sockets[0].getsockname())

        ended = asyncio.Event()
        async with server:
            with socket.create_server(("127.0.0.1", 0)) as listener:
                gateway = asyncio.create_task(serve(listener, dial, ended.wait()))
                reader, writer = await asyncio.open_connection(*listener.getsockname())
                answer = await talk(reader, writer)
                writer.close()
                await writer.wait_closed()
                ended.set()
                await gateway
        return answer

    answer = asyncio.run(run())
    assert answer == b"".join(bytes([byte]) * 4096 for byte in reversed(range(256)))
    assert dialled == [host.lower()]
