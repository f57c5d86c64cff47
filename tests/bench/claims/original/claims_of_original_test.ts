import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runTask } from "../../_run_task.ts";
import { hasPython, withCheckouts } from "./_stand_in.ts";

const ignore = !hasPython();

Deno.test({
  name: "bench judges the claims for the Python program itself, too",
  ignore,
  fn: () =>
    withCheckouts(async ({ before, after }) => {
      const { code, stdout, stderr } = await runTask(
        "bench",
        ["read", "union", "lookups", "--runs=5", "--json"],
        { HIL_METRICS_ORIGINAL_BEFORE: before, HIL_METRICS_ORIGINAL: after },
      );
      assertEquals(code, 0, stderr);
      const { claims, notes, original } = JSON.parse(stdout);
      assertEquals([original, notes], [["before", "after"], []]);
      assertEquals(claims.length, 5);
      for (const { name, python } of claims) {
        assertEquals(typeof python.measured, "number", name);
        assertEquals(python.interval.length, 2, name);
        assertEquals(typeof python.verdict, "string", name);
      }
      const lookups = claims.find((it: { name: string }) =>
        it.name === "Values once, lookups"
      );
      assertEquals(lookups.python.verdict, "does not hold");
    }),
});

Deno.test({
  name: "bench says in a line that it cannot run the original",
  ignore,
  async fn() {
    for (
      const env of [
        { HIL_METRICS_ORIGINAL: "no-such-checkout" },
        {
          HIL_METRICS_ORIGINAL: "no-such-checkout",
          HIL_METRICS_PYTHON: "no-such-python",
        },
      ]
    ) {
      const { code, stdout, stderr } = await runTask(
        "bench",
        ["lookups", "--runs=1"],
        env,
      );
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, "The Python original cannot be measured: ");
      assert(!stderr.includes("    at "), stderr);
    }
  },
});
