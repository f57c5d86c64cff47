import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runScript } from "./_run_script.ts";

Deno.test("bench:compare measures the cases of the saved run and no others", async () => {
  const saved = await runScript("main.ts", "lookups", "--runs", "5", "--json");
  const path = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(path, saved.stdout);
  const { code, stdout, stderr } = await runScript(
    "compare.ts",
    path,
    "--runs",
    "5",
  );
  await Deno.remove(path);
  // Five rounds may well take noise for a regression.
  assert(code === 0 || code === 1, stderr);
  const [head, , ...rows] = stdout.trimEnd().split("\n");
  assertStringIncludes(head!, "Now / then");
  assertEquals(rows.map((row) => row.split(/ +/).slice(0, 2)), [[
    "lookups",
    "3",
  ]]);
  assertEquals(stderr.match(/\[1\/1\]/g)?.length, 2, stderr);
});

Deno.test("bench:compare explains itself and what is wrong with its arguments", async () => {
  const help = await runScript("compare.ts", "--help");
  assertEquals(help.code, 0, help.stderr);
  assertStringIncludes(help.stdout, "Usage: deno task bench:compare");
  for (
    const [args, reason] of [
      [[], "There is no run to compare with\n\nUsage: "],
      [["a.json", "--size", "3"], "--size"],
      [["missing.json"], "Cannot read missing.json: there is no such file; "],
    ] as const
  ) {
    const { code, stdout, stderr } = await runScript("compare.ts", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, reason);
    assert(!stderr.includes("    at "), stderr);
  }
});
