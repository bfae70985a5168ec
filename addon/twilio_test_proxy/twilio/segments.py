"""How many SMS segments a message body takes: GSM 03.38 where every character fits, UCS-2 otherwise.

Source: 3GPP TS 23.038 and 23.040: 140 bytes a segment, six of them a header in a concatenated message.
"""

from functools import lru_cache

import gsm0338

GSM_SINGLE, GSM_CONCATENATED = 160, 153  # septets
UCS2_SINGLE, UCS2_CONCATENATED = 70, 67  # UTF-16 code units

_ESCAPE = 0x1B  # introduces a character of the GSM extension table, which takes two septets

_gsm = gsm0338.Codec()


@lru_cache(maxsize=256)
def count_segments(body: str) -> int:
    """The number of segments, at least 1. A two-unit character is never split over two segments."""
    septets = _septets(body)
    if septets is not None:
        return _count([septet == _ESCAPE for septet in septets], GSM_SINGLE, GSM_CONCATENATED)
    units = body.encode("utf-16-be", "surrogatepass")
    return _count([0xD8 <= high <= 0xDB for high in units[::2]], UCS2_SINGLE, UCS2_CONCATENATED)


def _septets(body: str) -> bytes | None:
    """The body in GSM 03.38, or None where a character has no place in it."""
    if chr(_ESCAPE) in body:  # no character by itself, though the codec takes it for one
        return None
    try:
        septets, _ = _gsm.encode(body)
    except UnicodeEncodeError:
        return None
    return bytes(septets)


def _count(starts_pair: list[bool], single: int, concatenated: int) -> int:
    """Segments for units of which those marked belong together with the next one."""
    if len(starts_pair) <= single:
        return 1
    segments = position = 0
    while position < len(starts_pair):
        end = position + concatenated
        if end < len(starts_pair) and starts_pair[end - 1]:
            end -= 1
        position = end
        segments += 1
    return segments
