import { assertEquals, assertStringIncludes } from "@std/assert";
import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
import { withResultsDir } from "../../../tests/_results_dir.ts";
import { type Outcome, run, saveRuns } from "../_run.ts";

const BASELINES = Array.from({ length: 8 }, (_, i) => `base_${i}`);

/** Runs of a bench in turns: unchanged, slower, and what they are judged by. */
async function withBench(
  test: (
    gate: (...args: string[]) => Promise<Outcome>,
    resultsDir: string,
  ) => Promise<void>,
): Promise<void> {
  await withResultsDir(async (resultsDir) => {
    for (const i of BASELINES.keys()) {
      await saveRuns(resultsDir, { [`base_${i}`]: 100 + i % 3 });
      if (i % 2 === 1) {
        await saveRuns(resultsDir, { [`same_${i}`]: 101, [`slow_${i}`]: 140 });
      }
    }
    await new RunStore(resultsDir).baselines.name("main", BASELINES);
    const gate = (...args: string[]) =>
      run(["gate", ...args, "--results", resultsDir]);
    await test(gate, resultsDir);
  });
}

Deno.test("gate passes what is unchanged, and fails what is slower", async () => {
  await withBench(async (gate) => {
    const unchanged = ["same_1", "same_3", "same_5"];
    const same = await gate(...unchanged, "--baseline", "main");
    assertEquals(same.code, 0, same.out);
    assertStringIncludes(same.out, "\npass: ");
    const slow = await gate("slow_1", "slow_3", "slow_5", "-b", "main");
    assertEquals(slow.code, 1);
    assertStringIncludes(slow.out, "slower: agent_decision");
    assertStringIncludes(slow.out, "\nregressed: ");
    assertStringIncludes(slow.out, "more rows, which do not decide");
    const all = await gate(
      "slow_1",
      "slow_3",
      "slow_5",
      "-b",
      "main",
      "--all-rows",
    );
    assertEquals(all.out.includes("more rows"), false);
  });
});

Deno.test("gate prints one document for programs", async () => {
  await withBench(async (gate) => {
    const { code, out } = await gate(
      ...["slow_1", "slow_3", "slow_5", "-b", "main", "--json"],
      ...["--budget", "agent_decision[SAT1] p(95)<120"],
    );
    assertEquals(code, 1);
    const document = JSON.parse(out);
    assertEquals(Object.keys(document), [
      ...["verdict", "reason", "suspicious", "rows", "attribution", "warnings"],
    ]);
    assertEquals(document.verdict, "regressed");
    const [first] = document.rows;
    assertEquals(Object.keys(first), [
      ...["metric_type", "satellite_id", "figure", "baseline", "candidate"],
      ...["change", "interval", "detectable", "verdict", "reason", "gating"],
      "budget",
    ]);
    assertEquals(first.satellite_id, null);
    const budget = document.rows.at(-1);
    assertEquals(budget.budget, "agent_decision[SAT1] p(95)<120");
    assertEquals([budget.satellite_id, budget.verdict], ["SAT1", "regressed"]);
  });
});

Deno.test("gate passes nothing by a baseline that has lost its runs", async () => {
  await withBench(async (gate, resultsDir) => {
    const path = `${resultsDir}/.baselines.json`;
    const document = JSON.parse(await Deno.readTextFile(path));
    document.baselines.main = [];
    await Deno.writeTextFile(path, JSON.stringify(document));
    const { code, out, err } = await gate(
      ...["same_1", "-b", "main", "--budget", "agent_decision p(95)<120"],
    );
    assertEquals([code, out], [4, ""]);
    assertStringIncludes(err, `baseline "main" has no runs`);
    assertEquals(err.includes("remedy:"), false, err);
  });
});

Deno.test("gate prints annotations beside a document, not into it", async () => {
  await withBench(async (gate) => {
    const { code, out, err } = await gate(
      ...["slow_1", "slow_3", "slow_5", "-b", "main", "--json", "--github"],
    );
    assertEquals(code, 1);
    assertEquals(JSON.parse(out).verdict, "regressed");
    assertStringIncludes(err, "::error ");
  });
});

Deno.test("gate keeps budgets of options and files", async () => {
  await withBench(async (gate, resultsDir) => {
    const file = `${resultsDir}/budgets.txt`;
    await Deno.writeTextFile(file, "# ms\nagent_decision p(95)<120\n\n");
    const budgets = ["--budgets", file];
    assertEquals((await gate("same_1", ...budgets)).code, 0);
    const slow = await gate("slow_1", ...budgets);
    assertEquals(slow.code, 1);
    assertStringIncludes(slow.out, "over budget: agent_decision p(95)<120");
    const both = await gate("same_1", ...budgets, "--budget", "max<=50");
    assertEquals(both.code, 1);

    const wrong = await gate("same_1", "--budget", "agent_decision p(95<1");
    assertEquals(wrong.code, 2);
    assertStringIncludes(
      wrong.err,
      `agent_decision p(95<1\n${" ".repeat(19)}^`,
    );
    await Deno.writeTextFile(file, "# nothing\n");
    assertEquals((await gate("same_1", ...budgets)).code, 4);
    assertEquals((await gate("same_1", "--budgets", "/none")).code, 4);
  });
});

Deno.test("gate never passes without data that can be judged", async () => {
  await withBench(async (gate, resultsDir) => {
    const store = new RunStore(resultsDir);
    {
      await using writer = await store.openRun("cut_off");
      await writer.append((await store.run("same_1").load()).measurements);
    }
    await store.recover();
    await Deno.writeTextFile(`${resultsDir}/base_0/latency_raw.csv`, "damage");
    await Deno.writeTextFile(`${resultsDir}/noise.json`, "[]");
    const others = BASELINES.slice(1);
    for (
      const [args, code, said] of [
        [["none", "-b", ...others], 4, "RUN_NOT_FOUND"],
        [["same_1", "-b", "none"], 4, "RUN_NOT_FOUND"],
        [["same_1", "-b", "main"], 4, "RUN_DAMAGED"],
        [["same_1", "-b", ...others, "cut_off"], 4, "was cut off"],
        [["cut_off", "-b", ...others], 3, "inconclusive"],
        [["same_1", "-b", "base_1"], 3, "inconclusive"],
        [["same_1", "-b", ...others, "--noise", "/none"], 4, "Cannot read"],
        [
          ["same_1", "-b", ...others, "--noise", `${resultsDir}/noise.json`],
          4,
          "is not what `calibrate` writes",
        ],
        [["same_1"], 2, "Say what they are judged by"],
        [["same_1", "-b", "", "--budget", "max<999"], 2, "A run has a name"],
        [["base_1", "-b", ...others], 2, "against itself"],
        [["--self-test"], 2, "needs --baseline"],
      ] as const
    ) {
      const outcome = await gate(...args);
      assertEquals(outcome.code, code, args.join(" "));
      assertStringIncludes(outcome.out + outcome.err, said);
    }
  });
});

Deno.test("gate fails where a metric has disappeared", async () => {
  await withBench(async (gate, resultsDir) => {
    const store = new RunStore(resultsDir);
    for (const i of [1, 3, 5]) {
      const { measurements } = await store.run(`same_${i}`).load();
      await using writer = await store.openRun(`less_${i}`);
      await writer.append(
        [...measurements].filter((it) => it.metricType !== "agent_decision"),
      );
      await writer.close();
    }
    const { code, out } = await gate(
      "less_1",
      "less_3",
      "less_5",
      "-b",
      "main",
    );
    assertEquals(code, 1);
    assertEquals(
      /agent_decision +count +\d+ +0.*regressed/.test(out),
      true,
      out,
    );
  });
});

Deno.test("gate --self-test shows that it can fail", async () => {
  await withBench(async (gate, resultsDir) => {
    const able = await gate("--self-test", "-b", "main");
    assertEquals(able.code, 0);
    assertStringIncludes(able.out, "This gate can fail");
    const { out } = await gate("--self-test", "-b", "main", "--json");
    assertEquals(JSON.parse(out).can_fail, true);
    const wild = ["wild_1", "wild_2", "wild_3", "wild_4"];
    for (const [i, runId] of wild.entries()) {
      const collector = new LatencyCollector();
      for (let k = 0; k < 100; k++) {
        collector.recordAgentDecision("SAT1", k, 10 ** i + k % 7);
      }
      await new RunStore(resultsDir).run(runId).saveLatencyStats(collector);
    }
    const unable = await gate("--self-test", "-b", ...wild);
    assertEquals(unable.code, 3);
    assertStringIncludes(unable.out, "This gate cannot fail");
  });
});

Deno.test("calibrate writes what gate takes", async () => {
  await withBench(async (gate, resultsDir) => {
    const at = ["--results", resultsDir];
    const printed = await run(["calibrate", "main", ...at]);
    assertEquals(printed.code, 0);
    const file = `${resultsDir}/bench.noise.json`;
    const { code, out, err } = await run([
      "calibrate",
      "main",
      ...at,
      "-o",
      file,
    ]);
    assertEquals([code, out], [0, ""]);
    assertStringIncludes(err, "the noise of 8 runs");
    assertEquals(await Deno.readTextFile(file), printed.out);
    const slow = await gate("slow_1", "-b", "base_1", "--noise", file);
    assertEquals(slow.code, 1, slow.out);
  });
});

Deno.test("baseline names, pins and lists runs", async () => {
  await withResultsDir(async (resultsDir) => {
    await saveRuns(resultsDir, { run_1: 100, run_2: 100, run_3: 100 });
    const baseline = (...args: string[]) =>
      run(["baseline", ...args, "--results", resultsDir]);
    assertEquals(
      (await baseline("list")).err,
      `No baselines in ${resultsDir}\n`,
    );
    const named = await baseline("name", "main", "latest", "run_1");
    assertEquals([named.code, named.out], [0, "Baseline main has 2 runs\n"]);
    assertEquals((await baseline("pin", "run_2", "run_1")).code, 0);
    assertEquals(JSON.parse((await baseline("list", "--json")).out), {
      baselines: { main: ["run_3", "run_1"] },
      pinned: ["run_2", "run_1"],
    });
    assertEquals((await baseline("unpin", "run_1")).code, 0);
    assertEquals((await baseline("unpin", "run_1")).code, 2);
    assertEquals((await baseline("remove", "main")).code, 0);
    assertEquals((await baseline("remove", "main")).code, 2);
    assertEquals((await baseline("name", "main", "none")).code, 4);
    assertEquals((await baseline("list")).out.match(/run_\d/g), ["run_2"]);
  });
});

Deno.test("prune shows what it would delete, deletes with --yes, and keeps baselines", async () => {
  await withResultsDir(async (resultsDir) => {
    const runs = { run_1: 100, run_2: 100, run_3: 100, run_4: 100, other: 1 };
    await saveRuns(resultsDir, runs);
    await new RunStore(resultsDir).baselines.pin("run_1");
    const prune = (...args: string[]) =>
      run(["prune", ...args, "--results", resultsDir]);
    const at = ["--keep", "2", "--prefix", "run"];
    const shown = await prune(...at);
    assertEquals(shown.out, "run_2\n");
    assertEquals(
      shown.err,
      "1 run would be deleted; --yes deletes, 1 more pinned\n",
    );
    assertEquals((await prune("--older-than", "2000-01-01", "--yes")).out, "");
    const done = await prune(...at, "--yes");
    assertEquals([done.code, done.out], [0, "run_2\n"]);
    const { out } = await run(["list", "--ids", "--results", resultsDir]);
    assertEquals(out, "other\nrun_4\nrun_3\nrun_1\n");
    const all = await prune("--older-than", "2100-01-01", "--yes", "--json");
    assertEquals(JSON.parse(all.out), {
      deleted: ["other", "run_4", "run_3"],
      would_delete: [],
      pinned: ["run_1"],
      failed: [],
    });
  });
});

Deno.test("gate judges no copies, which are as alike as no two runs are", async () => {
  await withBench(async (gate, resultsDir) => {
    for (const copy of ["copy_1", "copy_2"]) {
      const { success } = await new Deno.Command("cp", {
        args: ["-r", `${resultsDir}/same_1`, `${resultsDir}/${copy}`],
      }).output();
      assertEquals(success, true);
    }
    const { code, err } = await gate(
      "same_1",
      "copy_1",
      "copy_2",
      "-b",
      "main",
    );
    assertEquals(code, 2);
    assertStringIncludes(err, 'Run "copy_1" is a copy of run "same_1"');
  });
});
