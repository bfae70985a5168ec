"""Leads requests to Twilio through the proxy in Python clients that read no variable; any Python from 2.7 on.

Nothing is imported for it: a module is amended when, and only when, the program itself imports it. Only
twilio.com is concerned; every other host is reached as before.

- ssl: whoever loads a CA file of its own (certifi, httplib2's, twilio's) gets the proxy's certificate beside
it. It is
  confined to twilio.com by its name constraints.
- socket, urllib3: connections that go past the proxy settings are tunnelled.
- httplib2 (twilio-python 2 to 5): resolves names by itself and is given ``proxy_info=None`` by twilio-python.
- aiohttp (AsyncTwilioHttpClient): reads the proxy variables only where ``trust_env`` is set.
"""

import sys

TWILIO = "twilio.com"
SEEN = "_twilio_test_proxy"


class Settings(object):
    """Where the proxy is, and the file with its certificate."""

    def __init__(self, url, certificate):
        self.url = url
        self.certificate = certificate
        address = url.partition("://")[2].rstrip("/")
        self.user, _, address = address.rpartition("@")
        host, _, port = address.rpartition(":")
        self.host = host.strip("[]")
        self.port = int(port)


def install(environment):
    """Watch for the modules to amend; does nothing where the variables do not say what is needed."""
    url = environment.get("TWILIO_TEST_PROXY_URL", "")
    certificate = environment.get("TWILIO_TEST_PROXY_CA", "")
    if not url or not certificate:
        return
    settings = Settings(url, certificate)
    for name in AMENDMENTS:
        if name in sys.modules:
            amend(name, sys.modules[name], settings)
    sys.meta_path.insert(0, Finder(settings))


def amend(name, module, settings):
    """Amend one module, once; a module that is not as expected stays as it is."""
    try:
        if not getattr(module, SEEN, False):
            setattr(module, SEEN, True)
            AMENDMENTS[name](module, settings)
    except Exception:  # A program must run as if this were not here.
        pass


class Finder(object):
    """Stands first among the finders, lets the others find a module, and amends it when it is loaded."""

    def __init__(self, settings):
        self.settings = settings
        self.busy = set()

    def find_spec(self, name, path=None, target=None):
        """Python 3."""
        if name not in AMENDMENTS or name in self.busy:
            return None
        from importlib.util import find_spec

        self.busy.add(name)
        try:
            spec = find_spec(name)
        finally:
            self.busy.discard(name)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            watch(spec.loader, name, self.settings)
        return spec

    def find_module(self, name, path=None):
        """Python 2."""
        return self if name in AMENDMENTS and name not in self.busy and sys.version_info[0] == 2 else None

    def load_module(self, name):
        """Python 2."""
        self.busy.add(name)
        try:
            __import__(name)
        finally:
            self.busy.discard(name)
        amend(name, sys.modules[name], self.settings)
        return sys.modules[name]


def watch(loader, name, settings):
    """Amend the module as soon as its own loader has run it."""
    load = loader.exec_module

    def exec_module(module):
        load(module)
        amend(name, module, settings)

    loader.exec_module = exec_module


def is_twilio(host):
    """Whether a host name, text or bytes, is Twilio's."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    host = str(host or "").lower().rstrip(".")
    return host == TWILIO or host.endswith("." + TWILIO)


def basic(user):
    """The credentials of a URL, ``user:password`` with percent signs, as a header has them."""
    from base64 import b64encode

    try:
        from urllib.parse import unquote
    except ImportError:  # Python 2
        from urllib import unquote

    return b64encode(":".join(unquote(part) for part in user.split(":", 1)).encode("utf-8")).decode("ascii")


def tunnel(sock, host, port, user):
    """Ask the proxy at the other end of a socket for a tunnel."""
    head = "CONNECT {0}:{1} HTTP/1.1\r\nHost: {0}:{1}\r\n".format(host, port)
    if user:
        head += "Proxy-Authorization: Basic " + basic(user) + "\r\n"
    sock.sendall((head + "\r\n").encode("ascii"))
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < 65536:
        part = sock.recv(1)  # No byte more: what follows belongs to TLS.
        if not part:
            break
        answer += part
    if answer.split(b" ")[1:2] != [b"200"]:
        sock.close()
        raise OSError("the proxy refused a tunnel to {0}: {1!r}".format(host, answer[:200]))
    return sock


def amend_ssl(module, settings):
    """Let every context that loads CA certificates trust the proxy's too."""
    load = module.SSLContext.load_verify_locations

    def load_verify_locations(self, *args, **kwargs):
        result = load(self, *args, **kwargs)
        try:
            load(self, settings.certificate)
        except Exception:
            pass
        return result

    module.SSLContext.load_verify_locations = load_verify_locations


def amend_create_connection(module, settings):
    """Tunnel what http.client and urllib3 connect when no proxy was given to them."""
    connect = module.create_connection

    def create_connection(address, *args, **kwargs):
        if not is_twilio(address[0]):
            return connect(address, *args, **kwargs)
        sock = connect((settings.host, settings.port), *args, **kwargs)
        return tunnel(sock, address[0], address[1], settings.user)

    module.create_connection = create_connection


def amend_httplib2(module, settings):
    """Tunnel httplib2's connections to Twilio, before it resolves the name."""
    kind = module.HTTPSConnectionWithTimeout
    connect = kind.connect

    def connect_through_proxy(self):
        if not is_twilio(self.host):
            return connect(self)
        import socket
        import ssl

        given = [self.timeout] if isinstance(self.timeout, (int, float)) else []
        sock = socket.create_connection((settings.host, settings.port), *given)
        tunnel(sock, self.host, self.port, settings.user)
        context = ssl.create_default_context(cafile=settings.certificate)
        self.sock = context.wrap_socket(sock, server_hostname=self.host)
        return None

    kind.connect = connect_through_proxy


def amend_aiohttp(module, settings):
    """Give aiohttp the proxy for requests to Twilio that name none."""
    request = module.ClientSession._request

    def request_through_proxy(self, method, url, *args, **kwargs):
        whole = str(url)
        if "://" not in whole:
            whole = str(getattr(self, "_base_url", None) or "")
        host = whole.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
        if kwargs.get("proxy") is None and is_twilio(host):
            kwargs["proxy"] = settings.url
        return request(self, method, url, *args, **kwargs)

    module.ClientSession._request = request_through_proxy


AMENDMENTS = {
    "ssl": amend_ssl,
    "socket": amend_create_connection,
    "urllib3.util.connection": amend_create_connection,
    "httplib2": amend_httplib2,
    "aiohttp.client": amend_aiohttp,
}
