"""A company's proxy for tests: CONNECT and nothing else, every tunnel leads to one port of this machine."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class ConnectProxy:
    """Where it listens, what it wants to see, and the head of every request that it got."""

    leads_to: int
    wanted: str = ""
    port: int = 0
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def targets(self) -> list[str]:
        return [request.partition("\r\n")[0] for request in self.requests]


@contextmanager
def connect_proxy(leads_to: int, wanted: str = "") -> Iterator[ConnectProxy]:
    """Start one on a free port; requests without the wanted header line are answered 407."""
    proxy = ConnectProxy(leads_to, wanted)

    class Handler(_Handler):
        state = proxy

    with _Server(("127.0.0.1", 0), Handler) as server:
        proxy.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


class _Handler(socketserver.StreamRequestHandler):
    state: ConnectProxy

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n") and (line := self.rfile.readline()):
            head += line
        request = head.decode()
        self.state.requests.append(request)
        if self.state.wanted.lower() not in request.lower():
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif not request.startswith("CONNECT "):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nplain")
        else:
            self._tunnel()

    def _tunnel(self) -> None:
        with socket.create_connection(("127.0.0.1", self.state.leads_to), 10) as server:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_copy, args=(server, self.connection), daemon=True)
            back.start()
            _copy(self.connection, server)
            back.join(10)


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
