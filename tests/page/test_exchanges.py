import dataclasses

import pytest

from page_samples import Samples, exchange
from twilio_test_proxy.page.exchanges import OUTCOMES, Source


def test_the_outcomes_are_those_of_the_report_in_the_order_of_the_filters() -> None:
    assert OUTCOMES == ("answered", "played", "forwarded", "missed", "refused")


def test_an_exchange_cannot_be_changed_by_whoever_shows_it() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        exchange().summary.result = "changed"  # type: ignore[misc]


def test_a_source_needs_no_base_class() -> None:
    source: Source = Samples([exchange()])
    assert [summary.number for summary in source.summaries()] == [1]
