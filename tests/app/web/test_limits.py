import pytest

from app.web.citizen import limits
from app.web.citizen.limits import Allowance, network_of


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_burst_is_let_through_and_then_as_many_as_flow_in(clock):
    allowance = Allowance(60, 5, clock)
    assert [allowance.take("a").wait > 0 for _ in range(7)] == [False] * 5 + [True] * 2
    clock.now = 2
    assert [allowance.take("a").wait > 0 for _ in range(3)] == [False, False, True]


def test_the_wait_is_long_enough(clock):
    allowance = Allowance(6, 1, clock)
    allowance.take("a")
    wait = allowance.take("a").wait
    clock.now = wait - 0.01
    assert allowance.take("a").wait > 0
    clock.now = wait
    assert allowance.take("a").wait == 0


def test_ten_thousand_in_a_minute_are_refused_but_for_one_in_a_hundred(clock):
    allowance = Allowance(30, 40, clock)
    passed = 0
    for number in range(10_000):
        clock.now = number * 60 / 10_000
        passed += allowance.take("flood").wait == 0
    assert passed <= 100
    assert allowance.take("someone else").wait == 0


def test_a_crowd_is_noted_once_on_the_way_down(clock):
    allowance = Allowance(60, 10, clock)
    assert [allowance.take("a").crowded for _ in range(10)].count(True) == 1


def test_no_limit_when_turned_off(clock):
    allowance = Allowance(0, 0, clock)
    assert all(allowance.take("a").wait == 0 for _ in range(1000))


def test_full_buckets_are_forgotten_first(clock, monkeypatch):
    monkeypatch.setattr(limits, "MOST_NETWORKS", 4)
    allowance = Allowance(60, 2, clock)
    for name in "abc":
        allowance.take(name)
    clock.now = 10
    allowance.take("d")
    allowance.take("d")
    allowance.take("e")
    assert allowance.take("d").wait > 0
    assert len(allowance._buckets) == 2


def test_memory_is_bounded_under_a_flood_of_addresses(clock, monkeypatch):
    monkeypatch.setattr(limits, "MOST_NETWORKS", 100)
    allowance = Allowance(60, 5, clock)
    for number in range(1_000):
        allowance.take(str(number))
        assert len(allowance._buckets) <= 100


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("not:an:address", "not:an:address", True),
    ],
)
def test_networks(one, other, same):
    assert (network_of(one) == network_of(other)) is same


def test_a_log_names_networks_without_their_address():
    allowance = Allowance(1, 1)
    assert "10.0.0.1" not in allowance.name("10.0.0.1")
    assert allowance.name("10.0.0.1") == allowance.name("10.0.0.1")
    assert allowance.name("10.0.0.1") != Allowance(1, 1).name("10.0.0.1")
