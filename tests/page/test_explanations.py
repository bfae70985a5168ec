import re
import shlex

import pytest
from click import Context
from click.core import ParameterSource

from twilio_test_proxy.addons import refusals
from twilio_test_proxy.addons.options import NAMES
from twilio_test_proxy.cli.main import main
from twilio_test_proxy.page.explanations import EXPLANATIONS, Cure, Explanation

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
    text = explanation.text + "".join(cure.mitmdump for cure in explanation.cures)
    named = set(re.findall(r"\btwilio_\w+(?==)", text))
    assert named <= set(NAMES)
    assert all(cure.mitmdump.startswith("mitmdump -s addon/twilio_test.py ") for cure in started(explanation))


@pytest.mark.parametrize("explanation", ALL)
def test_what_starts_the_proxy_is_said_for_this_project_s_command_first(explanation: Explanation) -> None:
    assert started(explanation)
    for cure in started(explanation):
        name, *arguments = shlex.split(cure.command.partition("twilio-test-proxy ")[2])
        command = main.get_command(Context(main), name)
        assert command
        with command.make_context(name, arguments) as context:
            given = {it for it in context.params if context.get_parameter_source(it) is ParameterSource.COMMANDLINE}
        in_both = {f"twilio_{name}" for name in given} & set(NAMES)
        assert in_both == set(re.findall(r"\btwilio_\w+(?==)", cure.mitmdump))


def started(explanation: Explanation) -> list[Cure]:
    """The cures that start the proxy in another way."""
    return [cure for cure in explanation.cures if "twilio-test-proxy " in cure.command]
