import asyncio
import base64

import pytest

from twilio_test_proxy.isolation.dialling import DiallingError, dial, is_internet


@pytest.mark.parametrize("address", ["54.172.60.0", "2600:1f18::1"])
def test_addresses_that_twilio_can_have(address: str) -> None:
    assert is_internet(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "fd00::1", "0.0.0.0", "192.0.2.1"],  # noqa: S104
)
def test_addresses_that_twilio_cannot_have(address: str) -> None:
    assert not is_internet(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_name_that_leads_to_this_machine_is_not_dialled(host: str) -> None:
    with pytest.raises(DiallingError, match=f"^{host} leads to {host}, which is not an address of Twilio's$"):
        asyncio.run(dial(host))


def test_name_that_does_not_exist() -> None:
    with pytest.raises(DiallingError, match=r"Cannot reach nothing\.invalid: "):
        asyncio.run(dial("nothing.invalid"))


@pytest.mark.parametrize("status", ["200 Connection established", "407 Who are you?"])
def test_forward_proxy_is_asked_for_the_host(status: str) -> None:
    heads = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(f"HTTP/1.1 {status}\r\n\r\nhello".encode())
        writer.close()

    async def run() -> bytes:
        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await dial("api.twilio.com", f"http://127.0.0.1:{port}", "me:s@crt")
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer

    if status.startswith("200"):
        assert asyncio.run(run()) == b"hello"
    else:
        with pytest.raises(DiallingError, match=r"The forward proxy 127.0.0.1:\d+ refused api.twilio.com: .*407 Who"):
            asyncio.run(run())
    lines = heads[0].decode().split("\r\n")
    assert lines[:2] == ["CONNECT api.twilio.com:443 HTTP/1.1", "Host: api.twilio.com:443"]
    assert lines[2] == f"Proxy-Authorization: Basic {base64.b64encode(b'me:s@crt').decode()}"


def test_forward_proxy_that_does_not_answer() -> None:
    async def run() -> None:
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await dial("api.twilio.com", f"http://127.0.0.1:{port}")

    with pytest.raises(DiallingError, match=r"Cannot reach api\.twilio\.com"):
        asyncio.run(run())
