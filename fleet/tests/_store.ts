import {
  LatencyCollector,
  type RunLabels,
  RunStore,
  type RunStoreOptions,
} from "@astraguard/hil-metrics";

/** A results directory of a test, removed afterwards. */
export class TestStore extends RunStore implements AsyncDisposable {
  /** Makes a directory with nothing in it. */
  static async make(options: RunStoreOptions = {}): Promise<TestStore> {
    const resultsDir = await Deno.makeTempDir({ prefix: "hil-metrics-" });
    return new TestStore(resultsDir, { durability: "none", ...options });
  }

  /** Saves a run of five satellites and three metric types. */
  async save(
    runId: string,
    { rows = 60, labels, seed = 1, slowDown = 1 }: {
      readonly rows?: number;
      readonly labels?: RunLabels;
      readonly seed?: number;
      readonly slowDown?: number;
    } = {},
  ): Promise<void> {
    const collector = new LatencyCollector({ clock: () => 1770645801.25 });
    for (let i = 0; i < rows; i++) {
      collector.record({
        metricType: ["detection", "decision", "recovery"][i % 3]!,
        satelliteId: `SAT${i % 5}`,
        durationMs: slowDown * (20 + Math.abs(Math.sin(i * seed)) * 100),
        scenarioTimeS: i / 10,
      });
    }
    await this.run(runId).saveLatencyStats(
      collector,
      labels === undefined ? {} : { labels },
    );
  }

  /** Every file of its runs, by path, as hexadecimal digits. */
  async files(): Promise<Record<string, string>> {
    return await filesOf(this.resultsDir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.resultsDir, { recursive: true });
  }
}

async function filesOf(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (name.startsWith(".")) continue;
    if (isDirectory) {
      const inside = await filesOf(`${directory}/${name}`);
      for (const [path, hex] of Object.entries(inside)) {
        files[`${name}/${path}`] = hex;
      }
    } else files[name] = (await Deno.readFile(`${directory}/${name}`)).toHex();
  }
  return files;
}
