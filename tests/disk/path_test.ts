import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { LatencyCollector, MetricsStorage, StorageError } from "../../mod.ts";
import { absolutePath } from "../../src/disk/path.ts";
import { tree, withResultsDir } from "../_results_dir.ts";

/** Lets a directory pass for the working one, without changing that of all. */
class WorkingDirectory implements Disposable {
  readonly #cwd = Deno.cwd;

  constructor(find: () => string) {
    Deno.cwd = find;
  }

  [Symbol.dispose](): void {
    Deno.cwd = this.#cwd;
  }
}

function gone(): never {
  throw new Deno.errors.NotFound("No such file or directory (os error 2)");
}

Deno.test("absolutePath() puts the working directory before a relative path alone", () => {
  using _directory = new WorkingDirectory(() => "/bench");
  assertEquals(absolutePath("results"), "/bench/results");
  assertEquals(absolutePath("/results"), "/results");
});

Deno.test("A relative path is taken from the working directory of when it was given", async () => {
  await withResultsDir(async (dir) => {
    const collector = new LatencyCollector();
    collector.recordFaultDetection("SAT1", 1, 2);
    let workingDirectory = `${dir}/first`;
    using _directory = new WorkingDirectory(() => workingDirectory);
    const storage = new MetricsStorage("run", { resultsDir: "results" });
    const exported = collector.exportCsv("it.csv");
    const recent = MetricsStorage.getRecentRuns("results");
    workingDirectory = `${dir}/second`;
    await exported;
    await storage.saveLatencyStats(collector);
    assertEquals(await recent, []);
    assertEquals(await tree(dir), [
      "first/",
      "first/it.csv",
      "first/results/",
      "first/results/.staging/",
      "first/results/run/",
      "first/results/run/latency_raw.csv",
      "first/results/run/latency_summary.json",
    ]);
  });
});

Deno.test("A relative path without a working directory is a StorageError", async () => {
  using _directory = new WorkingDirectory(gone);
  const message =
    'Cannot find the working directory that "results" stands in: ' +
    "No such file or directory (os error 2) (results)";
  assertThrows(
    () => new MetricsStorage("run", { resultsDir: "results" }),
    StorageError,
    message,
  );
  for (
    const call of [
      () => MetricsStorage.getRecentRuns("results"),
      () => new LatencyCollector().exportCsv("results"),
    ]
  ) {
    const error = await assertRejects(call, StorageError, message);
    assertEquals([error.code, error.path], ["IO_FAILED", "results"]);
  }
});

Deno.test("A path that is not a string is a TypeError", async () => {
  const none = undefined as unknown as string;
  const number = 5 as unknown as string;
  const message = "A path must be a string: number";
  assertThrows(
    () => new MetricsStorage("run", { resultsDir: number }),
    TypeError,
    message,
  );
  await assertRejects(
    () => MetricsStorage.getRecentRuns(number),
    TypeError,
    message,
  );
  await assertRejects(
    () => new LatencyCollector().exportCsv(none),
    TypeError,
    "A path must be a string: undefined",
  );
});
