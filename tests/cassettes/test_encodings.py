import gzip
import zlib

import brotli
import pytest
import zstandard

from twilio_test_proxy.cassettes.encodings import (
    ContentCodingError,
    decoded,
    kept_headers,
    still_coded,
    unframed_headers,
)

TEXT = "Grüße ".encode() * 1000


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "identity": bytes,
}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_coding_is_undone(coding: str) -> None:
    assert decoded(CODINGS[coding](TEXT), (("Content-Encoding", coding),)) == TEXT


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (raw_deflate(TEXT), ["deflate"]),
        (gzip.compress(TEXT[:50]) + gzip.compress(TEXT[50:]), ["gzip"]),
        (zstandard.compress(TEXT[:50]) + zstandard.compress(TEXT[50:]), ["zstd"]),
        (brotli.compress(gzip.compress(TEXT)), ["gzip, br"]),
        (brotli.compress(gzip.compress(TEXT)), ["gzip", "br"]),
        (TEXT, []),
        (TEXT, [""]),
    ],
    ids=[
        "raw deflate",
        "two gzip members",
        "two zstd frames",
        "two in one header",
        "two headers",
        "no header",
        "empty header",
    ],
)  # fmt: skip
def test_every_way_to_code_is_undone(body: bytes, values: list[str]) -> None:
    assert decoded(body, tuple(("content-encoding", value) for value in values)) == TEXT


@pytest.mark.parametrize("coding", CODINGS)
def test_an_empty_body_stays_empty(coding: str) -> None:
    assert decoded(b"", (("Content-Encoding", coding),)) == b""


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-9]),  # no clock in the id of a test
        ("deflate", b"\xff\xff\xff"),
        ("br", b"not brotli"),
        ("br", brotli.compress(TEXT)[:-3]),
        ("zstd", b"not zstd"),
        ("zstd", zstandard.compress(TEXT)[:-3]),
        ("zstd", zstandard.compress(TEXT) + zstandard.compress(TEXT)[:-3]),
        ("zstd", zstandard.compress(TEXT) + b"more"),
        ("compress", TEXT),
    ],
)
def test_a_body_that_is_not_in_its_coding_is_refused(coding: str, body: bytes) -> None:
    with pytest.raises(ContentCodingError):
        decoded(body, (("Content-Encoding", coding),))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_grows_without_bound_is_refused(coding: str) -> None:
    headers = (("Content-Encoding", coding),)
    assert decoded(CODINGS[coding](TEXT), headers, limit=len(TEXT)) == TEXT
    with pytest.raises(ContentCodingError, match=f"decodes to more than {len(TEXT) - 1} bytes"):
        decoded(CODINGS[coding](TEXT), headers, limit=len(TEXT) - 1)


@pytest.mark.parametrize(
    ("coding", "body", "coded"),
    [
        ("aws-chunked", b"plain", True),
        ("gzip, aws-chunked", b"plain", True),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-9], True),
        ("zstd", zstandard.compress(TEXT)[:-3], True),
        ("br", brotli.compress(TEXT)[:-3], True),
        ("gzip", b"plain", False),
        ("x-gzip", b"\x89PNG\xff", False),
        ("zstd", b"\x89PNG\xff", False),
        ("deflate", TEXT, False),
        ("br", TEXT, False),
        ("aws-chunked", b"", False),
        ("", b"\xff", False),
    ],
)
def test_a_body_that_cannot_be_decoded_is_coded_or_plain(coding: str, body: bytes, coded: bool) -> None:
    assert still_coded(body, (("Content-Encoding", coding),)) is coded


def test_unframed_headers_say_nothing_of_chunks_and_length() -> None:
    headers = (("Content-Encoding", "x"), ("transfer-encoding", "chunked"), ("Content-Length", "9"), ("Date", "x"))
    assert unframed_headers(headers, coded=True) == (("Content-Encoding", "x"), ("Date", "x"))
    assert unframed_headers(headers, coded=False) == (("Date", "x"),)


def test_kept_headers_have_the_length_of_what_is_kept() -> None:
    headers = (("Content-Encoding", "gzip"), ("transfer-encoding", "chunked"), ("Content-Length", "9"), ("Date", "x"))
    assert kept_headers(headers, 42) == (("Content-Length", "42"), ("Date", "x"))
    assert kept_headers((("Date", "x"),), 42) == (("Date", "x"),)
