import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runTask } from "../_run_task.ts";

Deno.test("bench --json prints one object and nothing else on standard output", async () => {
  const { code, stdout, stderr } = await runTask("bench", [
    "lookups",
    "--runs",
    "5",
    "--json",
  ]);
  assertEquals(code, 0, stderr);
  const { claims, figures, notes } = JSON.parse(stdout);
  assert(claims.length > 0);
  for (const { name, claimed, measured, interval, verdict } of claims) {
    assertEquals(typeof name, "string");
    assertEquals(claimed.length, 2);
    assertEquals(typeof measured, "number");
    assertEquals(interval.length, 2);
    assertEquals(typeof verdict, "string");
  }
  assertEquals(figures[0].forms.before.roundsMs.length, 5);
  assertStringIncludes(stderr, "[1/1]");
  assertStringIncludes(notes[0], "HIL_METRICS_ORIGINAL_BEFORE");
});

Deno.test("bench --full measures in five processes, and judges all rounds", async () => {
  const { code, stdout, stderr } = await runTask("bench", [
    "union",
    "--size=2",
    "--size=3",
    "--size=3",
    "--runs=1",
    "--full",
    "--json",
  ]);
  assertEquals(code, 0, stderr);
  const { claims, figures } = JSON.parse(stdout);
  assertEquals(figures.map((it: { size: number }) => it.size), [2, 3]);
  for (const { forms, processes } of figures) {
    assertEquals(processes, [1, 1, 1, 1, 1]);
    assertEquals(forms.before.roundsMs.length, 5);
  }
  // A single round of one process has no bounds, which JSON tells by null.
  assert(
    claims.every((it: { interval: unknown[] }) => it.interval[0] !== null),
  );
});

Deno.test("bench measures a case of which the report claims nothing", async () => {
  const { code, stdout, stderr } = await runTask("bench", [
    "load",
    "--size=30",
    "--runs=1",
  ]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "Times as fast as naive");
  assertStringIncludes(stdout, "The report claims nothing of this");
});

Deno.test("bench --list lists the cases", async () => {
  const { code, stdout } = await runTask("bench", ["--list"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "load           load 100,000 measurements");
});
