from tests.support.patience import patient, slowness


def test_no_limit_is_shorter_than_it_is_written() -> None:
    assert patient(2.0) >= 2.0


def test_limits_never_shrink_while_the_tests_run() -> None:
    before = slowness()
    assert slowness() >= before >= 1.0
    assert patient(10.0) >= 10.0 * before
