"""The parameters of a request, from its body.

Twilio reads `application/x-www-form-urlencoded` (its OpenAPI description) and `multipart/form-data` (twilio-node 3.0.0
sends it). Of any other type it reads nothing, as if every parameter were missing: bodies sent as JSON are answered
21604 (reports of 2020, 2023 and 2025).
"""

import io
from collections.abc import Iterable, Iterator
from email.message import Message
from typing import IO
from urllib.parse import unquote_to_bytes

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_FIELDS = 1000


class UnreadableBodyError(ValueError):
    """The body is not what its content type says; the text tells why."""


class Form:
    """Parameters by name. Names are case-sensitive, as Twilio's are."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def get(self, name: str) -> str:
        """The first value; the empty string where the parameter is missing, for Twilio treats both alike."""
        return self._values.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        """Every value that is not empty, in the order sent; for list parameters such as MediaUrl."""
        return [value for value in self._values.get(name, []) if value]

    def pairs(self) -> list[tuple[str, str]]:
        """Every name with every value, in the order in which the names were first sent."""
        return [(name, value) for name, values in self._values.items() for value in values]


def parse_form(content_type: str, body: bytes) -> Form:
    """Read the parameters of a body.

    Args:
        content_type: the value of the header, empty where it was not sent (then the body is read as a form).
        body: the body without content encoding.

    Raises:
        UnreadableBodyError: percent-encoding, character set or multipart structure is broken.
    """
    if content_type in ("", FORM):  # what every SDK sends; parsing the header would take longer than the body
        return Form(_urlencoded(body, "utf-8"))
    header = Message()
    header["Content-Type"] = content_type
    charset = header.get_content_charset("utf-8")
    media_type = header.get_content_type()
    if media_type == FORM:
        return Form(_urlencoded(body, charset))
    if media_type == MULTIPART:
        return Form(_multipart(body, header.get_boundary("")))
    return Form(())


def _urlencoded(body: bytes, charset: str) -> list[tuple[str, str]]:
    if body.count(b"&") >= MAX_FIELDS:
        raise UnreadableBodyError(f"more than {MAX_FIELDS} fields")
    try:
        return [(_decoded(name, charset), _decoded(value, charset)) for name, value in _fields(body)]
    except LookupError:
        raise UnreadableBodyError(f"unknown character set {charset!r}") from None
    except UnicodeError:
        raise UnreadableBodyError(f"not {charset} text") from None
    except ValueError:  # the name of the character set holds a NUL
        raise UnreadableBodyError("unknown character set") from None


def _fields(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    # As https://url.spec.whatwg.org/#urlencoded-parsing has it: on bytes, which a character set turns into text last.
    for field in body.split(b"&"):
        if field:
            name, _, value = field.partition(b"=")
            yield name, value


def _decoded(encoded: bytes, charset: str) -> str:
    encoded = encoded.replace(b"+", b" ")
    return (unquote_to_bytes(encoded) if b"%" in encoded else encoded).decode(charset)


def _multipart(body: bytes, boundary: str) -> list[tuple[str, str]]:
    # Imported late: only twilio-node 3.0.0 and hand-written clients send multipart.
    from werkzeug.exceptions import RequestEntityTooLarge
    from werkzeug.formparser import MultiPartParser

    if not boundary:
        raise UnreadableBodyError("multipart/form-data without a boundary")
    try:
        parser = MultiPartParser(_file_in_memory, max_form_parts=MAX_FIELDS, max_form_memory_size=None)
        form, _files = parser.parse(io.BytesIO(body), boundary.encode("latin-1"), len(body))
    except RequestEntityTooLarge:
        raise UnreadableBodyError(f"more than {MAX_FIELDS} fields") from None
    except (ValueError, UnicodeError) as error:
        raise UnreadableBodyError(f"broken multipart/form-data ({error})") from None
    return list(form.items(multi=True))


def _file_in_memory(*_: object, **__: object) -> IO[bytes]:
    # Werkzeug's own temporary files would have to be closed by hand; the body is in memory anyway.
    return io.BytesIO()
