"""Runs both versions of the Python original's storage for the benchmarks.

Reads requests from standard input, one JSON object a line, and answers each
with a line. "before" and "after" name the versions:

    {"start": {"before": "path of a checkout", ...}}  ->  {"notes": ["...", ...]}
    {"prepare": "save", "version": "before", "directory": "...",
     "arguments": {...}}                              ->  {"id": 0}
    {"call": 0}                                       ->  {"result": ...}
    {"time": 0, "calls": 10}                          ->  {"duration_ms": ...}
    {"forget": true}                                  ->  {}

Whatever goes wrong is answered with {"error": "..."}.
"""

import csv
import importlib
import inspect
import json
import logging
import os
import signal
import sys
import time
import types
from pathlib import Path
from typing import NamedTuple

from comparison import Comparisons
from counting import comparisons_in, lookups_in, peak_bytes_of

PACKAGES = ["astraguard", "astraguard.hil", "astraguard.hil.metrics"]


class Version(NamedTuple):
    """The classes of a checkout, and the source of its collector."""

    storage: type
    collector: type
    collector_source: str


def import_version(checkout):
    """Import two modules without running the packages around them."""
    source = Path(checkout).resolve() / "src"
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGES[0]]:
        del sys.modules[name]
    for name in PACKAGES:
        package = types.ModuleType(name)
        package.__path__ = [str(source.joinpath(*name.split(".")))]
        sys.modules[name] = package
    storage = importlib.import_module("astraguard.hil.metrics.storage")
    latency = importlib.import_module(storage.LatencyCollector.__module__)
    return Version(
        storage.MetricsStorage,
        latency.LatencyCollector,
        inspect.getsource(latency),
    )


def has_cache(storage):
    return "use_cache" in inspect.signature(storage.get_run_metrics).parameters


def notes_on(versions):
    """What is to be known of the checkouts before gains are read off them."""
    notes = []
    for name, version in versions.items():
        has = has_cache(version.storage)
        if has != (name == "after"):
            notes.append(
                f'The Python original named as "{name}" has {"a" if has else "no"} '
                "cache of metrics, so it is not that version"
            )
    if len({version.collector_source for version in versions.values()}) > 1:
        notes.append(
            "The two versions of the Python original differ in their collectors, "
            "too, so what a save gains is not the gain of the storage alone"
        )
    return notes


def load(new_collector, raw_csv):
    """Make a collector of the measurements in a CSV, with their timestamps."""
    collector = new_collector()
    record = {
        "fault_detection": collector.record_fault_detection,
        "agent_decision": collector.record_agent_decision,
        "recovery_action": collector.record_recovery_action,
    }
    with open(raw_csv, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            record[row["metric_type"]](
                row["satellite_id"],
                float(row["scenario_time_s"]),
                float(row["duration_ms"]),
            )
            collector.measurements[-1].timestamp = float(row["timestamp"])
    return collector


class Operations:
    """What one version is asked to do; each returns the function to time."""

    def __init__(self, name, version, comparisons):
        self.version = name
        self.storage = version.storage
        self.collector = version.collector
        self.comparisons = comparisons

    def save(self, run_id, results_dir, raw_csv):
        collector = load(self.collector, raw_csv)
        storage = self.storage(run_id, results_dir)
        return lambda: storage.save_latency_stats(collector)

    def read(self, run_id, results_dir):
        storage = self.storage(run_id, results_dir)
        if has_cache(self.storage):
            return lambda: storage.get_run_metrics(use_cache=False)
        return storage.get_run_metrics

    def cached(self, run_id, results_dir, reads):
        storage = self.storage(run_id, results_dir)

        def read_again():
            for _ in range(reads):
                metrics = storage.get_run_metrics()
            return metrics

        return read_again

    def compare(self, run_id, other_run_id, results_dir):
        return lambda: self.storage(run_id, results_dir).compare_runs(other_run_id)

    def compare_again(self, run_id, other_run_id, results_dir):
        storage = self.storage(run_id, results_dir)
        return lambda: storage.compare_runs(other_run_id)

    def recent(self, results_dir, limit):
        return lambda: self.storage.get_recent_runs(results_dir, limit)

    def finish(self, run_id, other_run_id, results_dir, raw_csv, recent):
        collector = load(self.collector, raw_csv)

        def run():
            storage = self.storage(run_id, results_dir)
            storage.save_latency_stats(collector)
            storage.get_run_metrics()
            metrics = storage.get_run_metrics()
            return {
                "stats": metrics["stats"],
                "compared": storage.compare_runs(other_run_id)["metrics"],
                "recent": self.storage.get_recent_runs(results_dir, recent)
                if recent
                else [],
            }

        return run

    def review(self, run_id, other_run_id, results_dir, reads, comparisons):
        storage = self.storage(run_id, results_dir)

        def run():
            for _ in range(reads):
                metrics = storage.get_run_metrics()
            for _ in range(comparisons):
                compared = storage.compare_runs(other_run_id)
            return {"stats": metrics["stats"], "compared": compared["metrics"]}

        return run

    def compare_in_memory(self, step, own, other):
        """Compares like "before", with one step of this version."""
        compare = self.comparisons.with_step(step, self.version)
        return lambda: compare(own, other)

    def count_comparisons(self, results_dir, limit):
        return lambda: comparisons_in(self.recent(results_dir, limit))

    def count_lookups(self, own, other):
        compare = self.comparisons.with_step("lookups", self.version)
        return lambda: lookups_in(compare, own, other)

    def peak_bytes(self, step, own, other):
        return lambda: peak_bytes_of(self.compare_in_memory(step, own, other))


def time_ms(function, calls):
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) * 1000


class Driver:
    """Answers requests; everything stays prepared until it is forgotten."""

    def __init__(self):
        self.operations = {}
        self.prepared = {}
        self.prepared_before = 0

    def answer(self, request):
        if "start" in request:
            return self.start(request["start"])
        if "prepare" in request:
            return self.prepare(request)
        if "forget" in request:
            self.prepared.clear()
            return {}
        if "time" in request:
            function = self.enter(request["time"])
            return {"duration_ms": time_ms(function, request["calls"])}
        return {"result": self.enter(request["call"])()}

    def start(self, checkouts):
        versions = {name: import_version(path) for name, path in checkouts.items()}
        comparisons = Comparisons({name: it.storage for name, it in versions.items()})
        for name, it in versions.items():
            self.operations[name] = Operations(name, it, comparisons)
        return {"notes": notes_on(versions)}

    def prepare(self, request):
        # The original compares with runs of its default directory only.
        os.chdir(request["directory"])
        operation = getattr(self.operations[request["version"]], request["prepare"])
        function = operation(**request["arguments"])
        id = self.prepared_before
        self.prepared_before += 1
        self.prepared[id] = (request["directory"], function)
        return {"id": id}

    def enter(self, id):
        directory, function = self.prepared[id]
        os.chdir(directory)
        return function


def main():
    # Whoever started this process ends it, by closing its standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    replies = sys.stdout
    # "before" prints that it cannot read a file.
    sys.stdout = sys.stderr
    driver = Driver()
    for line in sys.stdin:
        try:
            answer = driver.answer(json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer, default=str), file=replies, flush=True)


if __name__ == "__main__":
    main()
