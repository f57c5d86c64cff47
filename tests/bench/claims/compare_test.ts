import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runTask } from "../_run_task.ts";

Deno.test("bench:compare measures the cases of the saved run and no others", async () => {
  const saved = await runTask("bench", ["lookups", "--runs=5", "--json"]);
  const path = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(path, saved.stdout);
  const { code, stdout, stderr } = await runTask("bench:compare", [
    path,
    "--runs=5",
  ], {
    // A checkout that there is not: the original is not measured.
    HIL_METRICS_ORIGINAL: path,
  });
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
