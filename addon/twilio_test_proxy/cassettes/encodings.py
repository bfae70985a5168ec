"""Content codings of HTTP bodies, undone before a body is kept or compared (RFC 9110, section 8.4.1)."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from twilio_test_proxy.cassettes.interaction import Headers, header_values, without_headers

MAX_DECODED_BYTES = 256 * 1024 * 1024
"""A body that grows beyond this when decoded is a decompression bomb, not a Twilio answer."""

_FRAMING = frozenset({"transfer-encoding", "content-length"})
_CHUNK = 64 * 1024


class ContentCodingError(ValueError):
    """A body is not in the coding that its headers name, or grows without bound."""


def _inflate(data: bytes, window: int, limit: int) -> bytes:
    decoded = b""
    while data:
        inflater = zlib.decompressobj(window)
        decoded += inflater.decompress(data, limit - len(decoded) + 1)
        if len(decoded) > limit:
            raise ContentCodingError(f"the body decodes to more than {limit} bytes")
        if not inflater.eof:
            raise ContentCodingError("the compressed body is cut short")
        # gzip members may follow one another (RFC 1952, section 2.2)
        data = inflater.unused_data if window > zlib.MAX_WBITS else b""
    return decoded


def _gzip(data: bytes, limit: int) -> bytes:
    return _inflate(data, 16 + zlib.MAX_WBITS, limit)


def _deflate(data: bytes, limit: int) -> bytes:
    try:
        return _inflate(data, zlib.MAX_WBITS, limit)
    except zlib.error:
        # Some servers mean raw deflate by "deflate"; browsers and curl accept both.
        return _inflate(data, -zlib.MAX_WBITS, limit)


def _brotli(data: bytes, limit: int) -> bytes:
    import brotli  # comes with mitmproxy; imported late because few cassettes need it

    decoder = brotli.Decompressor()
    decoded = bytearray()
    for start in range(0, len(data), _CHUNK):
        decoded += decoder.process(data[start : start + _CHUNK])
        if len(decoded) > limit:
            raise ContentCodingError(f"the body decodes to more than {limit} bytes")
    if not decoder.is_finished():
        raise ContentCodingError("the compressed body is cut short")
    return bytes(decoded)


def _zstd(data: bytes, limit: int) -> bytes:
    import zstandard  # comes with mitmproxy; imported late because few cassettes need it

    with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
        decoded = reader.read(limit + 1)
    if len(decoded) > limit:
        raise ContentCodingError(f"the body decodes to more than {limit} bytes")
    # The reader takes a frame that lost its end for a whole one; the size is known to be bounded by now.
    while data:
        frame = zstandard.ZstdDecompressor().decompressobj()
        frame.decompress(data)
        if not frame.eof:
            raise ContentCodingError("the compressed body is cut short")
        data = frame.unused_data
    return decoded


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
    "identity": lambda data, _: data,
}

# How a body in such a coding starts (RFC 1952, section 2.3.1; RFC 8878, section 3.1.1); the others start anyhow.
_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


def decoded(body: bytes, headers: Headers, limit: int = MAX_DECODED_BYTES) -> bytes:
    """The body with every content coding that its headers name undone, the last applied first.

    Raises:
        ContentCodingError: the body is not in that coding, the coding is unknown, or it decodes to more
            than `limit` bytes.
    """
    for coding in reversed(_codings(headers)):
        decoder = _DECODERS.get(coding)
        if decoder is None:
            raise ContentCodingError(f"the content coding {coding!r} is unknown")
        if not body:
            return body
        try:
            body = decoder(body, limit)
        except ContentCodingError:
            raise
        except Exception as error:  # each library raises its own: zlib.error, brotli.error, ZstdError
            raise ContentCodingError(f"the body is not in the content coding {coding!r}: {error}") from error
    return body


def still_coded(body: bytes, headers: Headers) -> bool:
    """Whether a body that cannot be decoded is in its coding all the same: in one unknown here, or cut short.

    Otherwise it is plain: vcrpy, where it records urllib3, keeps a body decoded beside the header of its coding.
    """
    codings = _codings(headers)
    if not body or not codings:
        return False
    if any(coding not in _DECODERS for coding in codings):
        return True
    magic = _MAGIC.get(codings[-1])
    return body.startswith(magic) if magic else not _is_text(body)


def _codings(headers: Headers) -> list[str]:
    listed = ",".join(header_values(headers, "content-encoding")).lower().split(",")
    return [coding.strip() for coding in listed if coding.strip()]


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def unframed_headers(headers: Headers, coded: bool) -> Headers:
    """The headers without those that describe how a body was framed and how long that was, or coded, unless it is."""
    return without_headers(headers, _FRAMING if coded else _FRAMING | {"content-encoding"})


def kept_headers(headers: Headers, length: int) -> Headers:
    """The headers of a body that is kept decoded: no coding, no chunks, the length that it has now."""
    kept = [
        (name, str(length) if name.lower() == "content-length" else value)
        for name, value in headers
        if name.lower() not in ("content-encoding", "transfer-encoding")
    ]
    return tuple(kept)
