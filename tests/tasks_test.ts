import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromRoot } from "./_from_root.ts";

/** What a task ended with, and said. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const { tasks } = JSON.parse(
  await Deno.readTextFile(fromRoot("deno.json")),
) as { tasks: Record<string, { command: string }> };

/** The tasks that run a script of this repository, but for the benchmarks. */
const SCRIPTS = Object.keys(tasks).filter((name) =>
  /\b(?:tests|examples|npm)\/\S+\.ts/.test(tasks[name]!.command)
);

/** Arguments with which there would be nothing to do, and what is wrong. */
const NOTHING_TO_DO: readonly [task: string, args: string[], named: string][] =
  [
    ["test:crash", ["--scenario=nonsense"], "--scenario"],
    ["test:crash", ["--scenario="], "--scenario"],
    ["test:crash", ["--state", "x"], "--state"],
    ["test:crash", ["--mutate=no"], "--mutate"],
    ["test:kill", ["--kills", "0"], "--kills"],
    ["test:kill", ["--kills=1.5"], "--kills"],
    ["test:kill", ["--seed"], "--seed"],
    ["test:contention", ["--processes", "0"], "--processes"],
    ["test:contention", ["--processes=2", "--victims=2"], "--victims"],
    ["test:contention", ["--seconds", "-1"], "--seconds"],
    ["test:fuzz", ["abc"], "COUNT"],
    ["test:fuzz", ["0"], "COUNT"],
    ["test:fuzz", ["1", "2", "3"], "3"],
    ["demo", ["--seconds", "0"], "--seconds"],
    ["demo", ["--seconds"], "--seconds"],
    ["demo", ["a", "b"], "b"],
    ["test:jsr", ["no/such/checkout"], "CHECKOUT"],
  ];

async function run(task: string, ...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task, ...args],
    cwd: fromRoot(),
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function assertRefused({ code, stdout, stderr }: Outcome, named: string): void {
  assertEquals(code, 2, stderr);
  assertEquals(stdout, "");
  assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  assertStringIncludes(stderr, named);
}

assert(SCRIPTS.length >= 6);

for (const task of SCRIPTS) {
  Deno.test(`deno task ${task} --help prints its usage and does nothing else`, async () => {
    const { code, stdout, stderr } = await run(task, "--help");
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, `Usage: deno task ${task}`);
    assertEquals(stderr, "");
    for (const line of stdout.split("\n")) assert(line.length <= 80, line);
  });

  Deno.test(`deno task ${task} refuses an option that it does not know`, async () => {
    assertRefused(await run(task, "--nonsense"), "--nonsense");
  });
}

for (const [task, args, named] of NOTHING_TO_DO) {
  Deno.test(`deno task ${task} refuses ${args.join(" ")}`, async () => {
    assertRefused(await run(task, ...args), named);
  });
}

Deno.test("deno task test:fuzz checks as many numbers as it is told", async () => {
  const { code, stderr } = await run("test:fuzz", "100", "1");
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "100 doubles right");
});
