import { assertEquals, assertStringIncludes } from "@std/assert";
import { RunStore } from "@astraguard/hil-metrics";
import { RunCatalog } from "@astraguard/hil-metrics/catalog";
import { withResultsDir } from "../../../tests/_results_dir.ts";
import { run, saveRuns } from "../_run.ts";

async function withRuns(test: (resultsDir: string) => Promise<void>) {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { run_1: 100, run_2: 110 }, { host: "bench-7" });
    await saveRuns(resultsDir, { other_1: 120 });
    await test(resultsDir);
  });
}

Deno.test("list prints runs, newest first, and filters them", async () => {
  await withRuns(async (resultsDir) => {
    const at = ["--results", resultsDir];
    const { out } = await run(["list", ...at]);
    assertEquals(out.split("\n").map((line) => line.split(" ")[0]), [
      ...["run", "other_1", "run_2", "run_1", ""],
    ]);
    assertStringIncludes(out, "agent_decision p95 ms");
    assertStringIncludes(out, "host=bench-7");
    for (
      const [args, wanted] of [
        [["-n", "1"], "other_1\n"],
        [["--prefix", "run"], "run_2\nrun_1\n"],
        [["--label", "host=bench-7", "-n", "all"], "run_2\nrun_1\n"],
        [["--label", "host=bench-8"], ""],
        [["--order", "name"], "run_2\nrun_1\nother_1\n"],
        [["--since", "2100-01-01"], ""],
        [["--until", "2100-01-01"], "other_1\nrun_2\nrun_1\n"],
        [["--incomplete"], ""],
        [["--no-incomplete"], "other_1\nrun_2\nrun_1\n"],
      ] as const
    ) {
      const { code, out } = await run(["list", "--ids", ...args, ...at]);
      assertEquals([code, out], [0, wanted], args.join(" "));
    }
  });
});

Deno.test("list gives the summaries as JSON, and is the same with a catalog", async () => {
  await withRuns(async (resultsDir) => {
    const args = ["list", "--json", "--results", resultsDir];
    const before = await run(args);
    const documents = JSON.parse(before.out);
    assertEquals(
      documents.map(({ run_id }: { run_id: string }) => run_id),
      ["other_1", "run_2", "run_1"],
    );
    assertEquals(documents[0].stats.agent_decision.count, 300);
    {
      using catalog = RunCatalog.open(resultsDir);
      await catalog.refresh();
    }
    assertEquals(await run(args), before);
  });
});

Deno.test("list names a run that cannot be read, and lists the others", async () => {
  await withRuns(async (resultsDir) => {
    await Deno.writeTextFile(`${resultsDir}/run_1/latency_summary.json`, "{");
    const { code, out, err } = await run(["list", "--results", resultsDir]);
    assertEquals(code, 0);
    assertEquals(out.match(/^\w+_\d/gm), ["other_1", "run_2"]);
    assertStringIncludes(err, "warning RUN_DAMAGED:");
    assertStringIncludes(err, "run_1");
  });
});

Deno.test("show prints every group of a run, and its labels", async () => {
  await withRuns(async (resultsDir) => {
    const args = ["show", "run_1", "--results", resultsDir];
    const { code, out } = await run(args);
    assertEquals(code, 0);
    assertStringIncludes(out, ", 600 samples\nhost=bench-7\n");
    assertEquals(out.match(/^(?: {2})?\w+(?= +\d+ )/gm), [
      ...["fault_detection", "  SAT1", "  SAT2"],
      ...["agent_decision", "  SAT1", "  SAT2"],
    ]);
    const { out: json } = await run([...args, "--json"]);
    assertEquals(JSON.parse(json).run_id, "run_1");
    const narrow = await run(args, { columns: 40 });
    assertEquals(narrow.out.split("\n").filter((it) => it.length > 40), []);
    assertStringIncludes(narrow.out, "p95 ms");
  });
});

Deno.test("compare puts figures side by side, and does not judge", async () => {
  await withRuns(async (resultsDir) => {
    const args = ["compare", "run_2", "run_1", "--results", resultsDir];
    const { code, out } = await run(args);
    assertEquals(code, 0);
    assertStringIncludes(out, "run_2 compared with run_1");
    assertStringIncludes(out, "gate says");
    assertEquals(/agent_decision.*\+\d+\.\d %/.test(out), true);
    const document = JSON.parse((await run([...args, "--json"])).out);
    assertEquals(
      [document.run1, document.run2, Object.keys(document.metrics)],
      ["run_2", "run_1", ["fault_detection", "agent_decision"]],
    );
  });
});

Deno.test("trend finds the run since which a figure is another", async () => {
  await withResultsDir(async (resultsDir) => {
    const runs = Array.from({ length: 24 }, (_, i) => i);
    await saveRuns(
      resultsDir,
      Object.fromEntries(runs.map((i) => [`run_${i}`, i < 14 ? 100 : 130])),
    );
    const args = ["trend", "agent_decision", "--results", resultsDir];
    const { code, out } = await run(args);
    assertEquals(code, 0);
    assertStringIncludes(out, "agent_decision p95, 24 runs");
    assertEquals(out.match(/run_\d+/g), ["run_14"]);
    const [document] = JSON.parse((await run([...args, "--json"])).out);
    assertEquals(document.points.length, 24);
    assertEquals(document.points[0].run_id, "run_0");
    assertEquals(document.change_points.length, 1);
    assertEquals(document.change_points[0].run_id, "run_14");

    const calm = await run(["trend", "--results", resultsDir, "-n", "8"]);
    assertStringIncludes(calm.out, "Too few runs");
    const none = await run(["trend", "downlink", "--results", resultsDir]);
    assertEquals([none.code, none.out], [4, ""]);
  });
});

Deno.test("verify names what is wrong with a run, and fails", async () => {
  await withRuns(async (resultsDir) => {
    const at = ["--results", resultsDir];
    const sound = await run(["verify", "--all", ...at]);
    assertEquals(sound, { code: 0, out: "3 runs sound, 0 not\n", err: "" });
    await Deno.writeTextFile(`${resultsDir}/run_1/latency_raw.csv`, "x", {
      append: true,
    });
    const { code, out } = await run(["verify", "--all", ...at]);
    assertEquals(code, 4);
    assertStringIncludes(out, "mixed-pair run_1:");
    assertStringIncludes(out, "2 runs sound, 1 not");
    const none = await run(["verify", "--all", "--results", "/nowhere"]);
    assertEquals([none.code, none.out], [4, ""]);
    const { out: json } = await run(["verify", "run_1", "--json", ...at]);
    assertEquals(JSON.parse(json)[0].ok, false);
  });
});

Deno.test("recover makes runs of abandoned journals, marked incomplete", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    {
      await using writer = await store.openRun("cut_off");
      await writer.append([{
        metricType: "downlink",
        satelliteId: "SAT1",
        durationMs: 12.5,
        scenarioTimeS: 3,
      }]);
    }
    const args = ["recover", "--results", resultsDir];
    const { code, out, err } = await run(args);
    assertEquals([code, out, err], [0, "cut_off\n", "1 run recovered\n"]);
    const listed = await run(["list", "--results", resultsDir]);
    assertStringIncludes(listed.out, "incomplete");
    assertEquals(
      JSON.parse((await run([...args, "--json"])).out),
      { recovered: [], failed: [] },
    );
  });
});
