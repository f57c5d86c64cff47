import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type JudgedOperations,
  LatencyCollector,
  RunStore,
  type SlowOperation,
  StorageError,
} from "@astraguard/hil-metrics";
import { StoreObserver } from "../../src/observe/store_observer.ts";
import { fromRoot } from "../_from_root.ts";
import { collectorOfDetections, withResultsDir } from "../_results_dir.ts";

/** A clock that says how long each operation takes. */
class Clock implements Disposable {
  nowMs = 1000;
  constructor() {
    performance.now = () => this.nowMs;
  }
  [Symbol.dispose](): void {
    Reflect.deleteProperty(performance, "now");
  }
}

Deno.test("RunStore.observations has what the store did, also what failed, and can be saved as a run", async () => {
  await withResultsDir(async (resultsDir) => {
    assertEquals(new RunStore(resultsDir).observations, undefined);
    const store = new RunStore(resultsDir, { observe: true });
    const run = store.run("run");
    await run.saveLatencyStats(collectorOfDetections(3));
    await run.saveLatencyStats(collectorOfDetections(4));
    await run.loadMeasurements();
    await assertRejects(() => store.run("none").loadMeasurements());
    await run.deleteRun();
    const observations = store.observations!;
    const counts = Map.groupBy([...observations], (it) => it.metricType);
    assertEquals(
      [...counts].map(([type, all]) => [type, all.length]),
      [
        ["commit", 2],
        ["save", 2],
        ["lock_wait", 2],
        ["load", 2],
        ["delete", 1],
      ],
    );
    for (const { satelliteId, durationMs, scenarioTimeS } of observations) {
      assertEquals(satelliteId, "storage");
      assert(durationMs >= 0 && scenarioTimeS >= 0);
    }
    await store.run("storage").saveLatencyStats(observations);
    const metrics = await store.run("storage").getRunMetrics();
    assertEquals(metrics?.stats.save?.count, 2);
  });
});

Deno.test("RunStore.observations tells batches and closed streams from single saves", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { observe: true });
    const collector = collectorOfDetections(3);
    await store.saveRuns([
      { runId: "a", collector },
      { runId: "b", collector },
    ]);
    await assertRejects(() =>
      store.saveRuns([{ runId: "a", collector }], { ifExists: "fail" })
    );
    await using writer = await store.openRun("c");
    await writer.append(collector);
    await writer.close();
    assertEquals(
      [...store.observations!].map(({ metricType }) => metricType),
      ["save_batch", "save_batch", "commit", "close"],
    );
  });
});

Deno.test("StoreObserver tells of an operation over three times the median of its last", async () => {
  using clock = new Clock();
  const alerts: (SlowOperation | JudgedOperations)[] = [];
  const observer = new StoreObserver({ alert: (it) => alerts.push(it) });
  const take = (operation: "save" | "load", durationMs: number) =>
    observer.time(operation, "run", () => {
      clock.nowMs += durationMs;
      return Promise.resolve();
    });
  // Too few to say what is usual.
  await take("save", 5000);
  for (let i = 0; i < 9; i++) await take("save", 10);
  assertEquals(alerts, []);
  await take("load", 5000);
  await take("save", 30);
  assertEquals(alerts, []);
  await take("save", 31);
  assertEquals(alerts, [{
    kind: "slow",
    operation: "save",
    durationMs: 31,
    medianMs: 10,
  }]);
  // What is slow for long becomes usual.
  for (let i = 0; i < 101; i++) await take("save", 40);
  alerts.length = 0;
  await take("save", 100);
  assertEquals(alerts, []);
});

Deno.test("StoreObserver goes by a judgement where it is handed one", async () => {
  const alerts: (SlowOperation | JudgedOperations)[] = [];
  const judged: number[] = [];
  const observer = new StoreObserver({
    alert: (it) => alerts.push(it),
    judge: (observations) => {
      judged.push(observations.length);
      return { verdict: judged.length === 2 ? "regressed" : "pass" };
    },
  });
  for (let i = 0; i < 350; i++) {
    await observer.time("save", "run", () => Promise.resolve());
  }
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(judged, [100, 100, 100]);
  assertEquals(alerts.map(({ kind }) => kind), ["judged"]);
});

Deno.test("RunStore refuses options of an observation that are none", () => {
  for (
    const [observe, type, message] of [
      [5, TypeError, "an object: 5"],
      [{ factor: 1 }, RangeError, "factor must be above 1: 1"],
      [{ factor: "3" }, RangeError, "factor"],
      [{ alert: "x" }, TypeError, "alert must be a function"],
      [{ judge: {} }, TypeError, "judge must be a function"],
    ] as const
  ) {
    assertThrows(
      () => new RunStore("x", { observe: observe as never }),
      type,
      message,
    );
  }
});

Deno.test("What alert throws is no error of the operation", async () => {
  await withResultsDir(async (resultsDir) => {
    const thrown: unknown[] = [];
    const queue = globalThis.queueMicrotask;
    globalThis.queueMicrotask = (work) => {
      try {
        work();
      } catch (error) {
        thrown.push(error);
      }
    };
    try {
      const store = new RunStore(resultsDir, {
        durability: "none",
        observe: {
          factor: 1.000001,
          alert: () => {
            throw new Error("of the alert");
          },
        },
      });
      for (let i = 0; i < 60; i++) {
        await store.run(`run_${i}`).saveLatencyStats(new LatencyCollector());
      }
      assertEquals((await store.recentRuns({ limit: 99 })).length, 60);
    } finally {
      globalThis.queueMicrotask = queue;
    }
    assert(thrown.length > 0);
  });
});

interface Otlp {
  resourceSpans?: { scopeSpans: { spans: OtlpSpan[] }[] }[];
  resourceMetrics?: {
    scopeMetrics: { metrics: { name: string; unit: string }[] }[];
  }[];
}

interface OtlpSpan {
  name: string;
  spanId: string;
  parentSpanId?: string;
  status?: { code?: number };
  attributes: { key: string; value: { stringValue?: string } }[];
}

Deno.test("A store that observes itself sends spans and a histogram through Deno's OpenTelemetry", async () => {
  await withResultsDir(async (resultsDir) => {
    const received: Otlp[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        received.push(await request.json());
        return Response.json({});
      },
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        `--allow-read=${resultsDir}`,
        `--allow-write=${resultsDir}`,
        fromRoot("tests/observe/_saver.ts"),
        resultsDir,
      ],
      env: {
        OTEL_DENO: "true",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
      },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const spans = received.flatMap((it) => it.resourceSpans ?? [])
      .flatMap((it) => it.scopeSpans).flatMap((it) => it.spans);
    const names = spans.map(({ name }) => name).toSorted();
    assertEquals(names, [
      "commit run",
      "commit run",
      "load run",
      "load run",
      "lock_wait run",
      "save run",
      "save run",
    ]);
    const saves = spans.filter(({ name }) => name === "save run");
    const commits = spans.filter(({ name }) => name === "commit run");
    assertEquals(
      new Set(commits.map((it) => it.parentSpanId)),
      new Set(saves.map((it) => it.spanId)),
    );
    const failed = spans.filter(({ status }) => status?.code === 2);
    assertEquals(failed.map(({ name }) => name), ["load run"]);
    const attributes = Object.fromEntries(
      failed[0]!.attributes.map(({ key, value }) => [key, value.stringValue]),
    );
    assertEquals(attributes, {
      "db.system.name": "hil_metrics",
      "db.operation.name": "load",
      "hil_metrics.run.id": "none",
      "error.type": "RUN_NOT_FOUND",
    });
    const metrics = received.flatMap((it) => it.resourceMetrics ?? [])
      .flatMap((it) => it.scopeMetrics).flatMap((it) => it.metrics)
      .filter(({ name }) => name === "db.client.operation.duration");
    assertEquals(metrics[0]?.unit, "s");
    assert(!JSON.stringify(metrics).includes("run_1"));
  });
});

Deno.test("observe: true changes neither results nor errors", async () => {
  await withResultsDir(async (resultsDir) => {
    for (const observe of [false, true]) {
      const store = new RunStore(resultsDir, { observe });
      const error = await assertRejects(
        () => store.run("none").loadMeasurements(),
        StorageError,
      );
      assertEquals(error.code, "RUN_NOT_FOUND");
      assertEquals(await store.run("none").deleteRun(), false);
    }
  });
});
