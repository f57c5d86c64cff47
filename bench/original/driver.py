"""Runs the Python original's storage for the benchmarks.

Takes the path of a checkout of the original. Reads requests from standard
input, one JSON object a line, and answers each with a line:

    {"prepare": "save", "arguments": {...}}  ->  {"id": 0}
    {"call": 0}                              ->  {"result": ...}
    {"time": 0, "calls": 10}                 ->  {"duration_ms": ...}
"""

import csv
import importlib
import json
import logging
import os
import sys
import time
import types
from pathlib import Path

PACKAGES = ["astraguard", "astraguard.hil", "astraguard.hil.metrics"]


def import_original(checkout):
    """Import two modules without running the packages around them."""
    source = Path(checkout) / "src"
    for name in PACKAGES:
        package = types.ModuleType(name)
        package.__path__ = [str(source.joinpath(*name.split(".")))]
        sys.modules[name] = package
    storage = importlib.import_module("astraguard.hil.metrics.storage")
    latency = importlib.import_module(storage.LatencyCollector.__module__)
    return storage.MetricsStorage, latency


def load(latency, raw_csv):
    """Make a collector of the measurements in a CSV, with their timestamps."""
    collector = latency.LatencyCollector()
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
    """Each returns the function to time."""

    def __init__(self, storage, latency):
        self.storage = storage
        self.latency = latency

    def save(self, run_id, results_dir, raw_csv):
        collector = load(self.latency, raw_csv)
        storage = self.storage(run_id, results_dir)
        return lambda: storage.save_latency_stats(collector)

    def read(self, run_id, results_dir):
        storage = self.storage(run_id, results_dir)
        return lambda: storage.get_run_metrics(use_cache=False)

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
        collector = load(self.latency, raw_csv)

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


def time_ms(function, calls):
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) * 1000


def main(checkout):
    logging.disable(logging.CRITICAL)
    operations = Operations(*import_original(checkout))
    prepared = []
    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            arguments = request["arguments"]
            # The original compares with runs of its default directory only.
            os.chdir(request["directory"])
            operation = getattr(operations, request["prepare"])
            prepared.append((request["directory"], operation(**arguments)))
            answer = {"id": len(prepared) - 1}
        elif "time" in request:
            directory, function = prepared[request["time"]]
            os.chdir(directory)
            answer = {"duration_ms": time_ms(function, request["calls"])}
        else:
            directory, function = prepared[request["call"]]
            os.chdir(directory)
            answer = {"result": function()}
        print(json.dumps(answer, default=str), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
