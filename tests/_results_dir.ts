import { LatencyCollector } from "@astraguard/hil-metrics";
import { fromRoot } from "./_from_root.ts";

/** The runs that the Python original wrote. */
export const ORIGINAL_RUNS_DIR = fromRoot("tests/testdata/astraguard-runs");

/** The names of those runs. */
export const ORIGINAL_RUNS = [
  "nominal_formation_001",
  "nominal_formation_002",
  "nominal_formation_003_slow_decision",
  "thermal_cascade_001",
];

/** Hands a results directory to a test and removes it afterwards. */
export async function withResultsDir(
  test: (resultsDir: string) => Promise<void>,
): Promise<void> {
  const resultsDir = await Deno.makeTempDir({ prefix: "hil-metrics-" });
  try {
    await test(resultsDir);
  } finally {
    await Deno.remove(resultsDir, { recursive: true });
  }
}

/** A collector of this many detections, each of the given duration. */
export function collectorOfDetections(
  count: number,
  durationMs = 75.5,
): LatencyCollector {
  const collector = new LatencyCollector({ clock: () => 1770645801.25 });
  for (let i = 0; i < count; i++) {
    collector.recordFaultDetection(`SAT${i % 3}`, i / 10, durationMs);
  }
  return collector;
}

/** Every path under a directory, files and directories, sorted. */
export async function tree(directory: string, at = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(`${directory}/${at}`)) {
    const path = at + entry.name;
    if (entry.isDirectory) {
      paths.push(`${path}/`, ...await tree(directory, `${path}/`));
    } else paths.push(path);
  }
  return paths.sort();
}
