import random

import pytest

from twilio_test_proxy.cassettes.needles import MIN_LENGTH, Needles


@pytest.mark.parametrize("length", [MIN_LENGTH, 8, 9, 10, 32])
def test_a_byte_string_is_found_at_every_place(length: int) -> None:
    needle = bytes(range(1, length + 1))
    needles = Needles()
    needles.add("a", [needle])
    for before in range(9):
        for after in range(9):
            assert needles.owners_in(b"\0" * before + needle + b"\0" * after) == {"a"}
            assert needles.owners_in(b"\0" * before + needle[:-1] + b"\0" * after) == set()


def test_the_owners_found_are_those_that_are_there() -> None:
    choose = random.Random(7)
    strings = {str(n): [bytes(choose.choices(b"abc", k=choose.randint(7, 9))) for _ in range(2)] for n in range(99)}
    needles = Needles()
    for owner, owned in strings.items():
        needles.add(owner, owned)
    for owner in list(strings)[::3]:
        needles.remove(owner, strings.pop(owner))
    for size in range(0, 300, 7):
        data = bytes(choose.choices(b"abc", k=size))
        assert needles.owners_in(data) == {owner for owner, owned in strings.items() if any(s in data for s in owned)}


def test_what_was_removed_is_not_found() -> None:
    needles = Needles()
    assert needles.owners_in(b"1234567890") == set()
    needles.add("a", [b"1234567890"])
    needles.add("b", [b"1234567xyz"])
    needles.remove("a", [b"1234567890"])
    assert needles.owners_in(b"1234567890") == set()
    assert needles.owners_in(b"-1234567xyz") == {"b"}
