import re

import pytest

from twilio_test_proxy.addons import refusals
from twilio_test_proxy.addons.options import NAMES
from twilio_test_proxy.page.explanations import EXPLANATIONS, Explanation

ALL = [pytest.param(explanation, id=str(code)) for code, explanation in EXPLANATIONS.items()]


def test_every_error_of_the_proxy_is_explained() -> None:
    assert list(EXPLANATIONS) == [refusals.MISS, refusals.NOT_ALLOWED, refusals.UNREACHABLE]


@pytest.mark.parametrize("explanation", ALL)
def test_it_says_what_it_means_and_what_to_do(explanation: Explanation) -> None:
    assert EXPLANATIONS[explanation.code] is explanation
    assert explanation.text.endswith(".")
    assert len(explanation.cures) >= 2
    assert all(cure.when[-1] in ".:" for cure in explanation.cures)


@pytest.mark.parametrize("explanation", ALL)
def test_the_options_it_names_exist(explanation: Explanation) -> None:
    text = explanation.text + "".join(cure.command for cure in explanation.cures)
    named = set(re.findall(r"\btwilio_\w+(?==)", text))
    assert named <= set(NAMES)
    assert all(
        cure.command.startswith(("mitmdump -s addon/twilio_test.py", "export ", "curl "))
        for cure in explanation.cures
        if cure.command
    )
