import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromRoot } from "../_from_root.ts";
import { withResultsDir } from "../_results_dir.ts";

const CLI = `hil-metrics() {
  "${Deno.execPath()}" run -q --no-prompt --allow-read --allow-write \
    --allow-env=HIL_METRICS_RESULTS "$ROOT/cli/mod.ts" "$@"
}
gh() { echo "gh $*"; }
`;

/** Decisions that take so long, with a noise of their own each time. */
const BENCH = `#!/bin/sh
awk -v base="$DECISION_MS" -v seed="$(od -An -N4 -tu4 /dev/urandom)" 'BEGIN {
  srand(seed);
  for (i = 0; i < 300; i++) print "agent_decision SAT1", base + 10 * rand(), i;
}'
`;

interface Step {
  readonly name: string;
  readonly when: string;
  readonly script: string;
}

/** The scripts of a workflow, in the order of its steps. */
function stepsOf(workflow: string): Step[] {
  return workflow.split(/^ {6}- /m).slice(1).flatMap((step) => {
    const [, script] = /^ {8}run: \|\n((?: {10}.*\n)+)/m.exec(step) ?? [];
    if (script === undefined) return [];
    const [, name = ""] = /^name: (.*)$/m.exec(step) ?? [];
    const [, when = ""] = /^ {8}if: (.*)$/m.exec(step) ?? [];
    return [{ name, when, script: script.replace(/^ {10}/gm, "") }];
  });
}

Deno.test("examples/cli/latency.yml gates a pull request by the runs of the main branch", async () => {
  const steps = stepsOf(
    await Deno.readTextFile(fromRoot("examples/cli/latency.yml")),
  );
  assertEquals(steps.map(({ name }) => name), [
    ...["Install", "Record", "Gate", "Comment", "Keep as baselines"],
  ]);
  await withResultsDir(async (directory) => {
    await Deno.writeTextFile(`${directory}/bench.sh`, BENCH, { mode: 0o755 });
    await Deno.writeTextFile(
      `${directory}/budgets.txt`,
      "agent_decision p(95)<300\n",
    );
    const job = async (event: string, sha: string, decisionMs: number) => {
      let said = "";
      for (const { name, when, script } of steps) {
        if (name === "Install" || !when.includes(event) && when !== "") {
          continue;
        }
        const { code, stdout, stderr } = await new Deno.Command("bash", {
          args: ["-euc", CLI + script],
          cwd: directory,
          env: {
            ROOT: fromRoot(),
            HIL_METRICS_RESULTS: `${directory}/results`,
            GITHUB_SHA: sha,
            GITHUB_REF_NAME: event === "push" ? "main" : "topic",
            GITHUB_HEAD_REF: "topic",
            DECISION_MS: `${decisionMs}`,
          },
        }).output();
        const decoder = new TextDecoder();
        said += decoder.decode(stdout) + decoder.decode(stderr);
        if (code !== 0) return { failed: name, said };
      }
      return { failed: undefined, said };
    };
    for (const sha of ["aaa", "bbb", "ccc"]) {
      const pushed = await job("push", sha, 100);
      assertEquals(pushed.failed, undefined, pushed.said);
    }
    const same = await job("pull_request", "ddd", 100);
    assertEquals(same.failed, undefined, same.said);
    assertStringIncludes(same.said, "gh pr comment topic");
    const slow = await job("pull_request", "eee", 150);
    assertEquals(slow.failed, "Gate");
    assertStringIncludes(slow.said, "::error");
    for (
      const [file, text] of [
        ["comment.md", "regressed"],
        ["junit.xml", "<failure"],
        ["report.html", "<!DOCTYPE html>"],
      ] as const
    ) {
      const written = await Deno.readTextFile(`${directory}/${file}`);
      assertEquals(written.includes(text), true, file);
    }
  });
});

Deno.test("examples/cli/gate_benchmarks.sh judges what mitata measures", async () => {
  await withResultsDir(async (resultsDir) => {
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: [
        fromRoot("examples/cli/gate_benchmarks.sh"),
        ...[resultsDir, "lookups", "2", "1"],
      ],
      env: { PATH: `${denoFolder()}:${Deno.env.get("PATH")}` },
    }).output();
    const said = new TextDecoder().decode(stdout) +
      new TextDecoder().decode(stderr);
    // Two baselines tell next to nothing.
    assertEquals(code, 3, said);
    assertStringIncludes(said, "compare 3 metric types in memory");
    assertStringIncludes(said, "inconclusive: ");
  });
});

/** The folder that this Deno is in, by the name of `deno`. */
function denoFolder(): string {
  return Deno.execPath().replace(/\/[^/]*$/, "");
}
