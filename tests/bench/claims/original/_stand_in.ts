import type { OriginalVersion } from "../../../../bench/claims/original/original.ts";

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

/** What both versions of the storage do alike; each knows one directory. */
const COMMON_PY = `
import heapq
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from astraguard.hil.metrics.latency import LatencyCollector

DEFAULT = "astraguard/hil/results"


def summary_of(collector):
    return json.dumps({
        "timestamp": datetime.now().isoformat(),
        "total_measurements": len(collector.measurements),
        "stats": collector.get_stats(),
        **collector.get_summary(),
    }, indent=2)
`;

/** A storage with the interface and the steps of the original before the report. */
const STORAGE_BEFORE_PY = `${COMMON_PY}

class MetricsStorage:
    def __init__(self, run_id, results_dir=DEFAULT):
        self.run_id = run_id
        self.directory = Path(results_dir) / run_id
        self.directory.mkdir(parents=True, exist_ok=True)

    def save_latency_stats(self, collector):
        path = self.directory / "latency_summary.json"
        path.write_text(summary_of(collector))
        collector.export_csv(str(self.directory / "latency_raw.csv"))

    def get_run_metrics(self):
        path = self.directory / "latency_summary.json"
        if not path.exists():
            return None
        try:
            return json.loads(path.read_text())
        except Exception as error:
            print(f"[ERROR] {error}")
            return None

    def compare_runs(self, other_run_id):
        other_stats = MetricsStorage(other_run_id).get_run_metrics()["stats"]
        this_stats = self.get_run_metrics()["stats"]
        comparison = {"run1": self.run_id, "run2": other_run_id, "metrics": {}}
        for name in set(list(this_stats.keys()) + list(other_stats.keys())):
            this_data = this_stats.get(name, {})
            other_data = other_stats.get(name, {})
            if not this_data or not other_data:
                continue
            comparison["metrics"][name] = {
                "this_mean_ms": this_data.get("mean_ms", 0),
                "other_mean_ms": other_data.get("mean_ms", 0),
                "diff_ms": this_data.get("mean_ms", 0) - other_data.get("mean_ms", 0),
                "this_p95_ms": this_data.get("p95_ms", 0),
                "other_p95_ms": other_data.get("p95_ms", 0),
            }
        return comparison

    @staticmethod
    def get_recent_runs(results_dir=DEFAULT, limit=10):
        runs = []
        for path in sorted(Path(results_dir).iterdir(), reverse=True):
            if path.is_dir() and (path / "latency_summary.json").exists():
                runs.append(path.name)
                if len(runs) >= limit:
                    break
        return runs
`;

/** The same after the report. */
const STORAGE_AFTER_PY = `${COMMON_PY}

class MetricsStorage:
    def __init__(self, run_id, results_dir=DEFAULT):
        self.run_id = run_id
        self.directory = Path(results_dir) / run_id
        self.directory.mkdir(parents=True, exist_ok=True)
        self.cached = None

    def save_latency_stats(self, collector):
        path = self.directory / "latency_summary.json"
        csv_path = self.directory / "latency_raw.csv"
        summary = summary_of(collector)
        with ThreadPoolExecutor(max_workers=2) as executor:
            executor.submit(lambda: path.write_text(summary))
            executor.submit(lambda: collector.export_csv(str(csv_path)))
        self.cached = None

    def get_run_metrics(self, use_cache=True):
        if use_cache and self.cached is not None:
            return self.cached
        path = self.directory / "latency_summary.json"
        try:
            metrics = json.loads(path.read_text())
        except FileNotFoundError:
            return None
        if use_cache:
            self.cached = metrics
        return metrics

    def compare_runs(self, other_run_id):
        other_stats = MetricsStorage(other_run_id).get_run_metrics()["stats"]
        this_stats = self.get_run_metrics()["stats"]
        comparison = {"run1": self.run_id, "run2": other_run_id, "metrics": {}}
        names = set(this_stats.keys()) | set(other_stats.keys())
        for name in names:
            this_data = this_stats.get(name, {})
            other_data = other_stats.get(name, {})
            if not this_data or not other_data:
                continue
            this_mean = this_data.get("mean_ms", 0)
            other_mean = other_data.get("mean_ms", 0)
            this_p95 = this_data.get("p95_ms", 0)
            other_p95 = other_data.get("p95_ms", 0)
            comparison["metrics"][name] = {
                "this_mean_ms": this_mean,
                "other_mean_ms": other_mean,
                "diff_ms": this_mean - other_mean,
                "this_p95_ms": this_p95,
                "other_p95_ms": other_p95,
            }
        return comparison

    @staticmethod
    def get_recent_runs(results_dir=DEFAULT, limit=10):
        candidates = []
        for path in Path(results_dir).iterdir():
            summary = path / "latency_summary.json"
            if path.is_dir() and summary.exists():
                candidates.append((summary.stat().st_mtime, path.name))
        newest = heapq.nlargest(limit, candidates, key=lambda it: it[0])
        return [name for _, name in newest]
`;

/** The storage of each version. */
export const STORAGE_PY: Readonly<Record<OriginalVersion, string>> = {
  before: STORAGE_BEFORE_PY,
  after: STORAGE_AFTER_PY,
};

/** Makes a checkout of these two modules, and returns its path. */
export async function makeCheckout(
  storagePy: string,
  latencyPy: string = LATENCY_PY,
): Promise<string> {
  const checkout = await Deno.makeTempDir();
  const metrics = `${checkout}/src/astraguard/hil/metrics`;
  await Deno.mkdir(metrics, { recursive: true });
  // What the packages import around the storage may be missing.
  await Deno.writeTextFile(`${metrics}/__init__.py`, "import missing_module\n");
  await Deno.writeTextFile(`${metrics}/storage.py`, storagePy);
  await Deno.writeTextFile(`${metrics}/latency.py`, latencyPy);
  return checkout;
}

/** Makes checkouts of both versions for a test. */
export async function withCheckouts(
  test: (checkouts: Record<OriginalVersion, string>) => Promise<void>,
): Promise<void> {
  const before = await makeCheckout(STORAGE_PY.before);
  const after = await makeCheckout(STORAGE_PY.after);
  try {
    await test({ before, after });
  } finally {
    await Deno.remove(before, { recursive: true });
    await Deno.remove(after, { recursive: true });
  }
}

/** Whether there is a Python to run them with. */
export function hasPython(): boolean {
  try {
    return new Deno.Command("python3", { args: ["--version"] }).outputSync()
      .success;
  } catch {
    return false;
  }
}
