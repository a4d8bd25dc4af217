"""The clients of a benchmark count what they do and what went wrong; the floor leaves nothing."""

from engine import bench_transactions
from engine.bench_clients import together


def test_every_act_is_counted_and_every_failure_too():
    heard: list[int] = []
    well, badly = (lambda: True), (lambda: False)

    found = together([[well, badly], [well], []], heard.append)

    assert (found.acts, found.errors) == (3, 1)
    assert sorted(heard) == [1, 2, 3]
    assert found.per_s > 0


def test_raw_transactions_of_several_clients_all_arrive_on_either_database(tables_url):
    first = bench_transactions.measure(tables_url, clients=2, times=3, told=lambda _done: None)
    again = bench_transactions.measure(tables_url, clients=1, times=1, told=lambda _done: None)

    assert (first.acts, first.errors) == (6, 0)
    assert (again.acts, again.errors) == (1, 0)
