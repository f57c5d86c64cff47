/** A collector with the original's interface, for tests of the driver. */
export const LATENCY_PY = `
import csv
from dataclasses import asdict, dataclass, fields


@dataclass
class LatencyMeasurement:
    timestamp: float
    metric_type: str
    satellite_id: str
    duration_ms: float
    scenario_time_s: float


def stats(durations):
    s, n = sorted(durations), len(durations)
    return {"count": n, "mean_ms": sum(durations) / n, "p50_ms": s[n // 2],
            "p95_ms": s[int(n * 0.95)], "p99_ms": s[int(n * 0.99)],
            "max_ms": s[-1], "min_ms": s[0]}


class LatencyCollector:
    def __init__(self):
        self.measurements = []

    def _record(self, metric_type, sat_id, scenario_time_s, duration_ms):
        self.measurements.append(LatencyMeasurement(
            0.0, metric_type, sat_id, duration_ms, scenario_time_s))

    def record_fault_detection(self, *args):
        self._record("fault_detection", *args)

    def record_agent_decision(self, *args):
        self._record("agent_decision", *args)

    def record_recovery_action(self, *args):
        self._record("recovery_action", *args)

    def _grouped(self, key):
        groups = {}
        for m in self.measurements:
            groups.setdefault(key(m), []).append(m.duration_ms)
        return groups

    def get_stats(self):
        groups = self._grouped(lambda m: m.metric_type)
        return {name: stats(group) for name, group in groups.items()}

    def get_summary(self):
        by_satellite = {}
        groups = self._grouped(lambda m: (m.satellite_id, m.metric_type))
        for (satellite, name), group in groups.items():
            of_type = stats(group)
            del of_type["p99_ms"], of_type["min_ms"]
            by_satellite.setdefault(satellite, {})[name] = of_type
        counts = {name: s["count"] for name, s in self.get_stats().items()}
        return {"measurement_types": counts, "stats_by_satellite": by_satellite}

    def export_csv(self, filename):
        names = [field.name for field in fields(LatencyMeasurement)]
        with open(filename, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(asdict(m) for m in self.measurements)
`;

/** A storage with the original's interface; it too knows one directory. */
export const STORAGE_PY = `
import json
from pathlib import Path

from astraguard.hil.metrics.latency import LatencyCollector

DEFAULT = "astraguard/hil/results"


class MetricsStorage:
    def __init__(self, run_id, results_dir=DEFAULT):
        self.directory = Path(results_dir) / run_id
        self.directory.mkdir(parents=True, exist_ok=True)
        self.cached = None

    def save_latency_stats(self, collector):
        summary = {"stats": collector.get_stats(), **collector.get_summary()}
        path = self.directory / "latency_summary.json"
        path.write_text(json.dumps(summary, indent=2))
        collector.export_csv(str(self.directory / "latency_raw.csv"))
        self.cached = None

    def get_run_metrics(self, use_cache=True):
        if not use_cache or self.cached is None:
            path = self.directory / "latency_summary.json"
            self.cached = json.loads(path.read_text())
        return self.cached

    def compare_runs(self, other_run_id):
        these = self.get_run_metrics()["stats"]
        others = MetricsStorage(other_run_id).get_run_metrics()["stats"]
        return {"metrics": {name: {
            "this_mean_ms": these[name]["mean_ms"],
            "other_mean_ms": others[name]["mean_ms"],
            "diff_ms": these[name]["mean_ms"] - others[name]["mean_ms"],
            "this_p95_ms": these[name]["p95_ms"],
            "other_p95_ms": others[name]["p95_ms"],
        } for name in these if name in others}}

    @staticmethod
    def get_recent_runs(results_dir=DEFAULT, limit=10):
        paths = Path(results_dir).glob("*/latency_summary.json")
        newest = sorted(paths, key=lambda path: -path.stat().st_mtime)
        return [path.parent.name for path in newest[:limit]]
`;
