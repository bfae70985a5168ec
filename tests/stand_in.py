"""A stand-in that plays Twilio for tests of recording: stateful, over TLS with a CA of its own, on this machine only.

Messages move from queued to delivered as they are fetched; lists have pages; some paths answer in every way that a
recorder has to cope with.
"""

import gzip
import http.server
import json
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import brotli
import trustme
import zstandard

AUTH_TOKEN_IN_BODY = "0badc0de" * 4
TOKEN_IN_REDIRECT = "feedface" * 4
MEDIA = bytes(range(256)) * 4
STATES = ("queued", "sending", "sent", "delivered")
BIG_LIST_BYTES = 5_000_000


@dataclass
class Twilio:
    """What the stand-in knows, and what it was asked."""

    messages: dict[str, dict[str, object]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    authority: Path = Path()
    held: threading.Event = field(default_factory=threading.Event)  # once set, what was asked for `held` is answered


@contextmanager
def stand_in(directory: Path) -> Iterator[Twilio]:
    """Start it on a free port; its CA is written to the directory."""
    authority = trustme.CA()
    twilio = Twilio(authority=directory / "stand-in-ca.pem")
    authority.cert_pem.write_to_path(str(twilio.authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.twilio.com", "*.twilio.com").configure_cert(context)

    class Handler(_Handler):
        state = twilio

    server = _Server(("127.0.0.1", 0), Handler)
    server.tls = context
    twilio.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield twilio
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(http.server.ThreadingHTTPServer):
    tls: ssl.SSLContext
    daemon_threads = True

    def finish_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        # The handshake belongs to the connection's own thread, and its failure to the client alone.
        assert isinstance(request, socket.socket)
        try:
            with self.tls.wrap_socket(request, server_side=True) as wrapped:
                self.RequestHandlerClass(wrapped, client_address, self)  # type: ignore[arg-type]
        except OSError:
            return

    def handle_error(self, request: object, client_address: object) -> None:
        """A cut connection is part of the play."""


class _Handler(http.server.BaseHTTPRequestHandler):
    state: Twilio
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        path, body = self._note()
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        account = path.split("/")[3] if path.count("/") > 3 else ""
        if not path.endswith("/Messages.json"):
            self._send_json(404, {"code": 20404, "message": f"{path} was not found", "status": 404})
        elif not form.get("To", "").startswith("+"):
            text = f"The 'To' number {form.get('To', '')} is not a valid phone number."
            more_info = "https://www.twilio.com/docs/errors/21211"
            self._send_json(400, {"code": 21211, "message": text, "more_info": more_info, "status": 400})
        else:
            message = _new_message(account, len(self.state.messages) + 1, form)
            self.state.messages[str(message["sid"])] = message
            self._send_json(201, message)

    def do_GET(self) -> None:
        path, _ = self._note()
        if match := re.fullmatch(r"/2010-04-01/Accounts/(AC\w{32})\.json", path):
            self._send_json(200, {"sid": match[1], "auth_token": AUTH_TOKEN_IN_BODY, "friendly_name": "Sæt"})
        elif match := re.fullmatch(r".*/Messages/(SM\w{32})\.json", path):
            message = self.state.messages[match[1]]
            message["status"] = STATES[min(STATES.index(str(message["status"])) + 1, len(STATES) - 1)]
            self._send_json(200, message)
        elif path.endswith("/Messages.json"):
            self._send_page(path)
        else:
            self._send_special(path.rpartition("/")[2].removesuffix(".json"))

    def do_HEAD(self) -> None:
        self._note()
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(MEDIA)))
        self.end_headers()

    def do_DELETE(self) -> None:
        self._note()
        self._send(204, b"")

    def _note(self) -> tuple[str, bytes]:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.state.requests.append((self.command, self.path, dict(self.headers.items()), body))
        return urlsplit(self.path).path, body

    def _send_page(self, path: str) -> None:
        query = parse_qs(urlsplit(self.path).query)
        size, page = int(query.get("PageSize", ["2"])[0]), int(query.get("Page", ["0"])[0])
        messages = list(self.state.messages.values())
        more = len(messages) > (page + 1) * size
        following = f"{path}?PageSize={size}&Page={page + 1}" if more else None
        body = {"messages": messages[page * size :][:size], "next_page_uri": following, "page": page, "page_size": size}
        self._send_json(200, body)

    def _send_special(self, name: str) -> None:
        if name == "gzip":
            self._send(200, gzip.compress("grüße".encode()), {"Content-Encoding": "gzip"}, "text/plain; charset=utf-8")
        elif name == "brotli":
            self._send(200, brotli.compress(b"hello" * 100), {"Content-Encoding": "br"}, "text/plain")
        elif name == "deflate":
            self._send(200, zlib.compress(b"hello" * 100), {"Content-Encoding": "deflate"}, "text/plain")
        elif name == "zstd":
            self._send(200, zstandard.compress(b"hello" * 100), {"Content-Encoding": "zstd"}, "text/plain")
        elif name == "unknown-coding":
            self._send(200, b"hello", {"Content-Encoding": "aws-chunked"}, "text/plain")
        elif name == "not-modified":
            self.send_response(304)
            self.send_header("ETag", '"x"')
            self.end_headers()
        elif name == "media":
            self._send(200, MEDIA, {}, "image/png")
        elif name == "latin-1":
            self._send(200, "Größe".encode("latin-1"), {}, "text/plain; charset=iso-8859-1")
        elif name == "redirect":
            self._send(307, b"", {"Location": f"https://media.twiliocdn.com/x?token={TOKEN_IN_REDIRECT}"})
        elif name == "cookies":
            self.send_response(200)
            for header, value in (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Many", "1"), ("X-Many", "2")):
                self.send_header(header, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif name == "chunked":
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        elif name == "big":
            self._send_json(200, {"recordings": ["x" * 100] * (BIG_LIST_BYTES // 100)})
        elif name == "slow":
            time.sleep(0.5)
            self._send_json(200, {"slow": True})
        elif name == "held":
            self.state.held.wait(60)
            self._send_json(200, {"held": True})
        elif name == "interim":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
            self._send_json(200, {"after": 103})
        elif name == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
            self.close_connection = True
        else:
            self._send_json(404, {"code": 20404, "message": "not found", "status": 404})

    def _send_json(self, status: int, body: object) -> None:
        self._send(status, json.dumps(body).encode(), {"Twilio-Request-Id": "RQ" + "0" * 32}, "application/json")

    def _send(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, content_type: str = "application/json"
    ) -> None:
        self.send_response(status)
        for header, value in (headers or {}).items():
            self.send_header(header, value)
        if status != 204:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "stand-in"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def _new_message(account: str, number: int, form: dict[str, str]) -> dict[str, object]:
    sid = f"SM{number:032x}"
    uri = f"/2010-04-01/Accounts/{account}/Messages/{sid}"
    return {
        "sid": sid,
        "account_sid": account,
        "to": form.get("To"),
        "from": form.get("From"),
        "body": form.get("Body"),
        "status": STATES[0],
        "num_segments": "1",
        "num_media": "0",
        "direction": "outbound-api",
        "date_created": "Mon, 23 Nov 2026 12:00:00 +0000",
        "date_updated": "Mon, 23 Nov 2026 12:00:00 +0000",
        "date_sent": None,
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
        "api_version": "2010-04-01",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }
