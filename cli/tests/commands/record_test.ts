import { assertEquals, assertStringIncludes } from "@std/assert";
import { RunStore } from "@astraguard/hil-metrics";
import { fromRoot } from "../../../tests/_from_root.ts";
import { withResultsDir } from "../../../tests/_results_dir.ts";
import { run } from "../_run.ts";

const LINES = "fault_detection SAT1 75.2 1.5\nagent_decision SAT1 120 1.6\n";

function input(text: string): ReadableStream<Uint8Array> {
  return ReadableStream.from([new TextEncoder().encode(text)]);
}

/** A `record` in a process of its own, and what it has appended so far. */
function startRecord(resultsDir: string, ...args: string[]) {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-prompt", "--allow-read", "--allow-write"],
      fromRoot("cli/mod.ts"),
      ...["record", "live", "--results", resultsDir, ...args],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  const isAppended = async (bytes: number) => {
    for (;;) {
      try {
        const path = `${resultsDir}/.streams/live/journal`;
        if ((await Deno.stat(path)).size > bytes) return;
      } catch { /* It has not begun. */ }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { process, writer, write, isAppended };
}

Deno.test("record makes a run of lines, JSON lines or CSV, and prints its id", async () => {
  await withResultsDir(async (resultsDir) => {
    const at = ["--results", resultsDir];
    const recorded = await run(
      ["record", "lines", "--label", "host=bench-7", ...at],
      { input: input(LINES) },
    );
    assertEquals(recorded, {
      code: 0,
      out: "lines\n",
      err: "2 samples recorded\n",
    });
    const store = new RunStore(resultsDir);
    const { measurements, labels } = await store.run("lines").load();
    assertEquals(labels, { host: "bench-7" });
    assertEquals(
      [...measurements].map((it) => [it.metricType, it.durationMs]),
      [["fault_detection", 75.2], ["agent_decision", 120]],
    );
    for (const format of ["csv", "jsonl"]) {
      const { out } = await run(["export", "lines", "--format", format, ...at]);
      const outcome = await run(["record", format, "--json", ...at], {
        input: input(out),
      });
      assertEquals(JSON.parse(outcome.out), {
        run_id: format,
        samples: 2,
        incomplete: false,
      });
      const copy = await store.run(format).load();
      assertEquals([...copy.measurements], [...measurements]);
    }
    const unnamed = await run(["record", ...at], { input: input(LINES) });
    assertEquals(/^\d{8}T\d{9}Z_\w+\n$/.test(unnamed.out), true);
  });
});

Deno.test("record replaces no run unless it is told to, and wants input", async () => {
  await withResultsDir(async (resultsDir) => {
    const at = ["--results", resultsDir];
    const record = (...args: string[]) =>
      run(["record", "run_1", ...args, ...at], { input: input(LINES) });
    assertEquals((await record()).code, 0);
    const again = await record();
    assertEquals(again.code, 4);
    assertStringIncludes(again.err, "error RUN_EXISTS");
    assertStringIncludes(again.err, "--replace");
    assertEquals((await record("--replace")).code, 0);
    const typed = await run(["record", ...at], { isTyped: true });
    assertEquals(typed.code, 2);
    assertStringIncludes(typed.err, "bench | hil-metrics record");
    for (const args of [[], ["--format", "lines"]]) {
      const nothing = await run(["record", "none", ...args, ...at]);
      assertEquals(nothing.code, 4);
    }
    assertEquals(await new RunStore(resultsDir).recentRuns(), ["run_1"]);
  });
});

Deno.test("record keeps what came before a bad row, marked incomplete, or skips it", async () => {
  await withResultsDir(async (resultsDir) => {
    const at = ["--results", resultsDir];
    const text = `${LINES}downlink SAT1 soon\n${LINES}`;
    const failed = await run(["record", "bad", ...at], { input: input(text) });
    assertEquals([failed.code, failed.out], [4, ""]);
    assertStringIncludes(failed.err, "Kept as run bad, marked incomplete: 2");
    assertStringIncludes(failed.err, `Line 3: duration "soon"`);
    const metrics = await new RunStore(resultsDir).run("bad").getRunMetrics();
    assertEquals(metrics?.incomplete, true);
    assertEquals(metrics?.total_measurements, 2);

    const skipped = await run(["record", "good", "--skip-bad-rows", ...at], {
      input: input(text),
    });
    assertEquals(skipped.code, 0);
    assertStringIncludes(skipped.err, "1 bad row skipped; Line 3");
    assertStringIncludes(skipped.err, "4 samples recorded");
  });
});

Deno.test("record keeps what it has read when it is interrupted", async () => {
  for (
    const [args, code, incomplete] of [
      [[], 130, true],
      [["--interrupt-ends"], 0, undefined],
    ] as const
  ) {
    await withResultsDir(async (resultsDir) => {
      const { process, writer, write, isAppended } = startRecord(
        resultsDir,
        ...args,
      );
      await write(LINES);
      await isAppended(100);
      process.kill("SIGINT");
      // As the bench does, which Ctrl-C ends as well.
      await write("downlink SAT1 5 2\n");
      await writer.close();
      const output = await process.output();
      const metrics = await new RunStore(resultsDir).run("live")
        .getRunMetrics();
      const said = new TextDecoder().decode(output.stderr);
      assertEquals(output.code, code, said);
      assertEquals(metrics?.total_measurements, 3);
      assertEquals(metrics?.incomplete, incomplete);
    });
  }
});

Deno.test("record that is killed leaves what recover makes a run of", async () => {
  await withResultsDir(async (resultsDir) => {
    const { process, writer, write, isAppended } = startRecord(resultsDir);
    await write(LINES);
    await isAppended(100);
    process.kill("SIGKILL");
    await process.output();
    await writer.abort().catch(() => {});
    const { code, out } = await run(["recover", "--results", resultsDir]);
    assertEquals([code, out], [0, "live\n"]);
    const metrics = await new RunStore(resultsDir).run("live").getRunMetrics();
    assertEquals(metrics?.total_measurements, 2);
  });
});

Deno.test("import makes a run of a file, all of it or nothing", async () => {
  await withResultsDir(async (resultsDir) => {
    const at = ["--results", `${resultsDir}/results`];
    const file = `${resultsDir}/log.csv`;
    await Deno.writeTextFile(file, "probe;wait_us\nSAT1;75200,5\nSAT2;1\n");
    const mapping = [
      ...["--metric", "downlink", "--satellite-column", "probe"],
      ...["--duration", "wait_us", "--decimal-comma"],
    ];
    const args = ["import", file, "log", ...mapping, ...at];
    const done = await run(args);
    assertEquals([done.code, done.out], [0, "log\n"]);
    assertStringIncludes(done.err, "2 samples imported from csv");
    const { measurements } = await new RunStore(at[1]!).run("log").load();
    assertEquals(
      [...measurements].map((it) => [it.satelliteId, it.durationMs]),
      [["SAT1", 75.2005], ["SAT2", 0.001]],
    );
    const wrong = await run(["import", file, "none", ...at]);
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.err, "error BAD_MAPPING");
    await Deno.writeTextFile(file, "probe;wait_us\nSAT1;75200,5\nSAT2;x\n");
    const bad = await run([...args, "--replace"]);
    assertEquals(bad.code, 4);
    assertStringIncludes(bad.err, "Line 3");
    assertEquals((await run(["import", "/none", ...at])).code, 4);
    const listed = await run(["list", "--ids", ...at]);
    assertEquals(listed.out, "log\n");
    assertEquals((await run(["verify", "--all", ...at])).code, 0);
    assertEquals((await run(["recover", ...at])).out, "");
  });
});

Deno.test("export writes files whole, compressed as their names say", async () => {
  await withResultsDir(async (resultsDir) => {
    const at = ["--results", resultsDir];
    await run(["record", "run_1", ...at], { input: input(LINES) });
    const csv = await Deno.readTextFile(`${resultsDir}/run_1/latency_raw.csv`);
    assertEquals((await run(["export", "latest", ...at])).out, csv);
    const to = async (name: string, ...args: string[]) => {
      const file = `${resultsDir}/${name}`;
      const { code } = await run([
        "export",
        "run_1",
        ...at,
        "-o",
        file,
        ...args,
      ]);
      assertEquals(code, 0);
      return await Deno.readFile(file);
    };
    const packed = await to("run.csv.gz");
    const plain = new Blob([packed]).stream()
      .pipeThrough(new DecompressionStream("gzip"));
    assertEquals(await new Response(plain).text(), csv);
    assertEquals(
      (await to("run.csv.zst")).subarray(0, 4),
      new Uint8Array([
        ...[0x28, 0xb5, 0x2f, 0xfd],
      ]),
    );
    assertEquals(
      (await to("run.parquet")).subarray(0, 4),
      new Uint8Array([
        ...[0x50, 0x41, 0x52, 0x31],
      ]),
    );
    assertEquals(
      new TextDecoder().decode(await to("other", "--format", "jsonl"))
        .split("\n").length,
      3,
    );
    const lost = await run(["export", "run_1", ...at, "-o", "/none/run.csv"]);
    assertEquals(lost.code, 4);
    assertStringIncludes(lost.err, "Cannot write /none/run.csv");
  });
});
