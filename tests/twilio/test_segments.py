import random

import pytest

from twilio_test_proxy.twilio.segments import count_segments

from .asking import MESSAGE, created, post

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = "\f^{}\\[~]|€"

BODIES = {
    "empty, as with media alone": ("", 1),
    "one character": ("a", 1),
    "160 GSM characters": ("a" * 160, 1),
    "161 GSM characters": ("a" * 161, 2),
    "306 GSM characters": ("a" * 306, 2),
    "307 GSM characters": ("a" * 307, 3),
    "459 GSM characters": ("a" * 459, 3),
    "460 GSM characters": ("a" * 460, 4),
    "1600 GSM characters": ("a" * 1600, 11),
    "80 GSM extension characters": ("€" * 80, 1),
    "81 GSM extension characters": ("€" * 81, 2),
    "159 and an extension character": ("a" * 159 + "€", 2),
    "158 and an extension character": ("a" * 158 + "€", 1),
    "an escape is not split at 153": ("a" * 152 + "€" + "a" * 152, 3),
    "an escape that ends at 153": ("a" * 151 + "€" + "a" * 153, 2),
    "only extension characters fill 152 of 153": ("€" * 152, 2),
    "one extension character more": ("€" * 153, 3),
    "70 UCS-2 characters": ("я" * 70, 1),
    "71 UCS-2 characters": ("я" * 71, 2),
    "134 UCS-2 characters": ("я" * 134, 2),
    "135 UCS-2 characters": ("я" * 135, 3),
    "one other character makes all UCS-2": ("a" * 69 + "я", 1),
    "one other character among 71": ("a" * 70 + "я", 2),
    "one emoji": ("😀", 1),
    "35 emoji": ("😀" * 35, 1),
    "36 emoji": ("😀" * 36, 2),
    "only emoji fill 66 of 67": ("😀" * 66, 2),
    "one emoji more": ("😀" * 67, 3),
    "a surrogate pair is not split at 67": ("я" * 66 + "😀" + "я" * 66, 3),
    "a surrogate pair that ends at 67": ("я" * 65 + "😀" + "я" * 67, 2),
    "a surrogate pair of another kind that ends at 67": ("я" * 65 + "🐀" + "я" * 67, 2),
    "a lone surrogate": ("\ud83d" * 70, 1),
    "a lone surrogate at the end": ("я" * 133 + "\ud83d", 2),
}


@pytest.mark.parametrize(("body", "segments"), BODIES.values(), ids=BODIES)
def test_segments(body: str, segments: int) -> None:
    assert count_segments(body) == segments


@pytest.mark.parametrize("character", GSM_BASIC, ids=ascii)
def test_a_character_of_the_gsm_alphabet_takes_one_septet(character: str) -> None:
    assert count_segments(character * 160) == 1
    assert count_segments(character * 161) == 2


@pytest.mark.parametrize("character", GSM_EXTENSION, ids=ascii)
def test_a_character_of_the_gsm_extension_takes_two_septets(character: str) -> None:
    assert count_segments(character * 80) == 1
    assert count_segments(character * 81) == 2


@pytest.mark.parametrize("character", "`çáíóúêâ“”\u2019\u2013…\t\x1b\u00a0\u200b\u0410あ한中", ids=ascii)
def test_any_other_character_takes_one_unit_of_ucs_2(character: str) -> None:
    assert count_segments(character * 70) == 1
    assert count_segments(character * 71) == 2


def by_greedy_packing(body: str) -> int:
    """Another way to count: fill segment after segment, character by character."""
    gsm = all(character in GSM_BASIC + GSM_EXTENSION for character in body)
    single, concatenated = (160, 153) if gsm else (70, 67)
    sizes = [(1 + (c in GSM_EXTENSION)) if gsm else len(c.encode("utf-16-be")) // 2 for c in body]
    if sum(sizes) <= single:
        return 1
    segments, room = 1, concatenated
    for size in sizes:
        if size > room:
            segments, room = segments + 1, concatenated
        room -= size
    return segments


@pytest.mark.parametrize("alphabet", ["ab€", "€{", "a€я", "я😀", "a😀"], ids=ascii)
def test_segments_agree_with_packing_character_by_character(alphabet: str) -> None:
    chance = random.Random(alphabet)
    for _ in range(100):
        body = "".join(chance.choices(alphabet, k=chance.randrange(700)))

        assert count_segments(body) == by_greedy_packing(body), body


@pytest.mark.parametrize("resource", ["Messages", "SMS/Messages"])
@pytest.mark.parametrize(("body", "segments"), [("€" * 81, "2"), ("😀" * 36, "2"), ("я" * 135, "3"), ("Hi", "1")])
def test_a_message_tells_its_segments(resource: str, body: str, segments: str) -> None:
    assert created(post(resource, {**MESSAGE, "Body": body}))["num_segments"] == segments
