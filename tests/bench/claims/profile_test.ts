import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { runTask } from "../_run_task.ts";

const PROFILES = fileURLToPath(
  new URL("../../../bench/claims/profiles", import.meta.url),
);

function profiles(): Set<string> {
  try {
    return new Set(Array.from(Deno.readDirSync(PROFILES), ({ name }) => name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
}

Deno.test("bench:profile writes a profile, its flame graph and its tables", async () => {
  const before = profiles();
  const { code, stderr } = await runTask("bench:profile", [
    "lookups",
    "package",
    "3",
    "1",
  ]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "Profiling compare 3 metric types in memory");
  const written = [...profiles().difference(before)].sort();
  assertEquals(
    written.map((name) => name.slice(name.lastIndexOf("."))),
    [".cpuprofile", ".md", ".svg"],
  );
  for (const name of written) await Deno.remove(`${PROFILES}/${name}`);
});
