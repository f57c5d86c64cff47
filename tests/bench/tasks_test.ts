import { assert, assertEquals, assertMatch } from "@std/assert";
import deno from "../../deno.json" with { type: "json" };
import { runTask } from "./_run_task.ts";

/** Arguments that make no sense, and what is said of them. */
const WRONG_ARGUMENTS: Record<string, [args: string[], reason: RegExp][]> = {
  "bench": [
    [["sav"], /^There is no case "sav", only save, read, /],
    [["save", "--runs", "0"], /^--runs is a whole number above 0, not "0"/],
    [["--size", "1.5"], /^--size is a whole number above 0, not "1.5"/],
    [["save", "--results"], /^--results is of all cases/],
    [["--results", "--runs", "4"], /^--results takes 5 rounds/],
  ],
  "bench:results": [[["save"], /^--results is of all cases/]],
  "bench:rivals": [
    [["lod"], /^There is no row "lod", only record, /],
    [["--rows", ""], /^--rows is a whole number above 0, not ""/],
    [["--results", "--quick"], /^--results is of all rows/],
  ],
  "bench:judge": [
    [["sav"], /^There is no part "sav", only iid, /],
    [["--judgements", "0"], /^--judgements is a whole number above 0, not "0"/],
    [["real", "--results"], /^--results is of all parts/],
  ],
  "bench:fleet": [[["push"], /^There is no part "push", only sketches, /]],
  "bench:scaling": [
    [["save"], /^It takes options only, not "save"/],
    [["--quick", "--results"], /^--quick goes with neither/],
  ],
  "bench:deno": [[["sav"], /^There is no case "sav"/]],
  "bench:mitata": [[["sav"], /^There is no case "sav"/]],
  "bench:compare": [
    [[], /^There is no run to compare with/],
    [["saved.json", "--runs", "4"], /^--runs is 5 at least/],
    [["missing.json"], /^Cannot read missing.json: there is no such file/],
  ],
  "bench:profile": [
    [["sav"], /^There is no case "sav"/],
    [["lookups", "packages"], /^"lookups" has no form "packages", only before/],
    [["save", "package", "0"], /^The size is a whole number above 0/],
    [["save", "package", "9", "0"], /^The time in seconds is a whole number/],
    [["save", "package", "9", "1", "x"], /^There is one argument too many: x/],
  ],
};

const TASKS = Object.keys(deno.tasks).filter((name) =>
  name.split(":")[0] === "bench"
);

Deno.test("Every task of the benchmarks is tested", () => {
  assertEquals(Object.keys(WRONG_ARGUMENTS).sort(), TASKS.sort());
});

for (const task of TASKS) {
  Deno.test(`${task} --help says what it does, and does nothing`, async () => {
    for (const args of [["--help"], ["-h", "--no-such-option"]]) {
      const { code, stdout, stderr } = await runTask(task, args);
      assertEquals([code, stderr], [0, ""]);
      const [name] = task === "bench:results" ? ["bench"] : [task];
      assert(stdout.startsWith(`Usage: deno task ${name} `), stdout);
      assert(stdout.includes("--help"), stdout);
    }
  });

  Deno.test(`${task} says in a line what is wrong with its arguments`, async () => {
    for (
      const [args, reason] of [
        [["--no-such-option"], /--no-such-option/] as const,
        ...WRONG_ARGUMENTS[task]!,
      ]
    ) {
      const { code, stdout, stderr } = await runTask(task, args);
      assertEquals([code, stdout], [2, ""], stderr);
      assertMatch(stderr, reason);
      assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  });
}
