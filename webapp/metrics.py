"""Figures for Prometheus.

Gauges and the counters of workers come from the database, so that any web process tells the same.
The time of requests is counted in each web process under its own label.
"""

import os
import socket
from collections.abc import Iterator
from itertools import accumulate
from time import perf_counter

import flask
from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from engine import queries, queue, workers
from engine.records import QueueCounts
from engine.workers import BUCKETS, Worker
from webapp import current

CONTENT_TYPE = CONTENT_TYPE_LATEST


def install(app: Flask) -> None:
    """Count the time of every request of this process."""
    registry = CollectorRegistry()
    registry.register(_House())
    seconds = Histogram(
        "anju_request_seconds",
        "Time of requests, by route",
        ("route", "process"),
        registry=registry,
        buckets=BUCKETS,
    )
    process = f"{socket.gethostname()}:{os.getpid()}"
    app.extensions["anju_metrics"] = registry

    @app.before_request
    def begin() -> None:
        flask.g.begun_at = perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        begun_at, route = flask.g.get("begun_at"), flask.request.endpoint
        if begun_at is not None and route is not None:
            seconds.labels(route, process).observe(perf_counter() - begun_at)
        return response


def exposed() -> bytes:
    """Write all figures in the text format of Prometheus."""
    registry: CollectorRegistry = flask.current_app.extensions["anju_metrics"]
    return generate_latest(registry)


class _House(Collector):
    """Reads the figures of the house within a request."""

    def describe(self) -> list[Metric]:
        """Name nothing in advance: outside of a request there is no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read the database once."""
        application = current.application()
        now, real_now = application.clock.now(), application.system_clock.now()
        with application.reading() as session:
            counts = queries.queue_counts(now, session)
            late = queue.lag(now, session).total_seconds()
            seen = workers.workers(session)
        yield from _gauges(counts, late, sum(each.is_alive(real_now) for each in seen))
        yield from _of_workers(seen)


def _gauges(counts: QueueCounts, late: float, alive: int) -> Iterator[Metric]:
    figures = {
        "anju_jobs_pending": ("Jobs that wait for their time", counts.pending),
        "anju_jobs_due": ("Jobs that are due and have not taken effect", counts.overdue),
        "anju_scheduler_lag_seconds": ("For how long the oldest due job has waited", late),
        "anju_incidents_open": ("Incidents nobody has resolved", counts.open_incidents),
        "anju_outbox_unsent": ("Messages to be delivered", counts.unsent_messages),
        "anju_outbox_dead": ("Messages given up", counts.dead_messages),
        "anju_workers": ("Workers seen in the last minute", alive),
    }
    for name, (words, value) in figures.items():
        yield GaugeMetricFamily(name, words, value=value)


def _of_workers(seen: tuple[Worker, ...]) -> Iterator[Metric]:
    fired = CounterMetricFamily("anju_jobs_fired", "Jobs that took effect", labels=["worker"])
    failed = CounterMetricFamily("anju_jobs_failed", "Tries of jobs that failed", labels=["worker"])
    ticked = GaugeMetricFamily(
        "anju_worker_last_tick_timestamp_seconds", "End of the last sweep", labels=["worker"]
    )
    jump = GaugeMetricFamily(
        "anju_worker_clock_jump_seconds",
        "By how much a worker's clock is off while it holds all deadlines; 0 while it is right",
        labels=["worker"],
    )
    took = HistogramMetricFamily("anju_job_seconds", "Time of jobs", labels=["worker"])
    for each in seen:
        name = [each.name]
        fired.add_metric(name, each.fired)
        failed.add_metric(name, each.failed)
        jump.add_metric(name, each.clock_jump or 0.0)
        if each.last_tick_at is not None:
            ticked.add_metric(name, each.last_tick_at.timestamp())
        took.add_metric(name, _buckets(each), each.seconds)
    yield from (fired, failed, ticked, jump, took)


def _buckets(worker: Worker) -> list[tuple[str, float]]:
    """Sum up the counts of the buckets, as Prometheus wants them."""
    bounds = [*map(str, BUCKETS), "+Inf"]
    return list(zip(bounds, map(float, accumulate(worker.buckets)), strict=False))
