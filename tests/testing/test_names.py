from pathlib import Path

import pytest

from twilio_test_proxy.cassettes.names import cassette_path
from twilio_test_proxy.testing.names import cassette_directory, default_name, name_below, without_suffix


@pytest.mark.parametrize(
    ("test", "class_name", "expected"),
    [
        pytest.param("test_sends", "", "test_sends", id="function"),
        pytest.param("test_sends", "TestOrders", "TestOrders.test_sends", id="method"),
        pytest.param("test_sends", "TestA.TestB", "TestA.TestB.test_sends", id="method of a class in a class"),
        pytest.param("test_sends[german]", "", "test_sends-german", id="parameter"),
        pytest.param("test_sends[a-1.5]", "", "test_sends-a-1.5", id="parameters"),
        pytest.param("test_sends[+1 410]", "", "test_sends--1-410-1499c077", id="other characters"),
    ],
)
def test_the_default_name_is_the_test_s(test: str, class_name: str, expected: str) -> None:
    assert default_name(test, class_name) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("t[+1]", "t[ 1]", id="lost characters"),
        pytest.param("t[a/b]", "t[a-b]", id="slash"),
        pytest.param("t" * 150 + "[1]", "t" * 150 + "[2]", id="long"),
        pytest.param("t[[a]]", "t[a]", id="brackets in a parameter"),
    ],
)
def test_two_tests_have_two_names_that_a_cassette_may_have(tmp_path: Path, one: str, other: str) -> None:
    paths = {cassette_path(tmp_path, default_name(test)) for test in (one, other)}
    assert len(paths) == 2


def test_cassettes_lie_beside_the_module_unless_a_directory_is_given() -> None:
    module = Path("/project/tests/test_orders.py")
    assert cassette_directory(module, None) == Path("/project/tests/cassettes/test_orders")
    assert cassette_directory(module, Path("/elsewhere")) == Path("/elsewhere")


def test_the_proxy_is_told_the_name_below_its_own_directory() -> None:
    directory = Path("/project/tests/cassettes/test_orders")
    assert name_below(Path("/project"), directory, "test_sends") == "tests/cassettes/test_orders/test_sends"
    assert name_below(directory, directory, "shared/one") == "shared/one"
    with pytest.raises(ValueError, match="lies outside /project: name it with --twilio-cassette-dir"):
        name_below(Path("/project"), Path("/elsewhere"), "test_sends")


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("/project/tests/test_orders.py", "tests/test_orders"),
        ("/project/my tests/test_orders.py", "my-tests/test_orders"),
        ("/elsewhere/test_orders.py", "test_orders"),
    ],
)
def test_a_module_without_suffix(module: str, expected: str) -> None:
    assert without_suffix(Path(module), Path("/project")) == expected
