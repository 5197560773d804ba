from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.endpoint.throttle import Throttle


def test_a_429_takes_a_third_away_at_most_once_a_second() -> None:
    throttle = Throttle(30)
    throttle.was_too_much(10.0, for_sure=True)
    assert throttle.limit == 21
    throttle.was_too_much(10.9, for_sure=True)
    assert throttle.limit == 21
    throttle.was_too_much(11.0, for_sure=True)
    assert throttle.limit == 14


def test_a_round_of_good_answers_gives_one_page_back_and_no_more_than_there_were() -> None:
    throttle = Throttle(12)
    throttle.was_too_much(0.0, for_sure=True)
    assert throttle.limit == 8
    for _ in range(9):
        throttle.went_well()
    assert throttle.limit == 9
    for _ in range(1000):
        throttle.went_well()
    assert throttle.limit == 12


def test_failures_that_are_a_minority_change_nothing() -> None:
    throttle = Throttle(32)
    for number in range(1000):
        if number % 10 < 4:
            throttle.was_too_much(float(number), for_sure=False)
        else:
            throttle.went_well()
    assert throttle.limit == 32


def test_a_server_that_only_fails_is_left_with_one_page_at_a_time() -> None:
    throttle = Throttle(32)
    for number in range(100):
        throttle.was_too_much(float(number), for_sure=False)
    assert throttle.limit == 1


@given(
    most=st.integers(1, 64),
    answers=st.lists(st.tuples(st.sampled_from(["well", "too much", "failed"]), st.floats(0, 3)), max_size=200),
)
def test_the_limit_stays_within_its_bounds_and_moves_in_small_steps(
    most: int, answers: list[tuple[str, float]]
) -> None:
    throttle, now, shrank_at = Throttle(most), 0.0, float("-inf")
    for answer, passed_s in answers:
        now += passed_s
        before = throttle.limit
        if answer == "well":
            throttle.went_well()
            assert before <= throttle.limit <= before + 1
        else:
            throttle.was_too_much(now, for_sure=answer == "too much")
            assert int(before * 0.7) <= throttle.limit <= before
            if throttle.limit < before:
                assert now - shrank_at >= 1.0
                shrank_at = now
        assert 1 <= throttle.limit <= most
