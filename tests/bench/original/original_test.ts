import { assert, assertEquals } from "@std/assert";
import { ALL_CASES } from "../../../bench/cases/all.ts";
import { verifySameAnswer } from "../../../bench/cases/verify.ts";
import { Original } from "../../../bench/original/original.ts";
import { LATENCY_PY, STORAGE_PY } from "./_stand_in.ts";

function hasPython(): boolean {
  try {
    return new Deno.Command("python3", { args: ["--version"] }).outputSync()
      .success;
  } catch {
    return false;
  }
}

async function withOriginal(
  test: (original: Original) => Promise<void>,
): Promise<void> {
  const checkout = await Deno.makeTempDir();
  const metrics = `${checkout}/src/astraguard/hil/metrics`;
  await Deno.mkdir(metrics, { recursive: true });
  // What the packages import around the storage may be missing.
  await Deno.writeTextFile(`${metrics}/__init__.py`, "import missing_module\n");
  await Deno.writeTextFile(`${metrics}/storage.py`, STORAGE_PY);
  await Deno.writeTextFile(`${metrics}/latency.py`, LATENCY_PY);
  const original = Original.start(checkout);
  try {
    await test(original!);
  } finally {
    await original!.close();
    await Deno.remove(checkout, { recursive: true });
  }
}

Deno.test("Original.start() gives nothing without a checkout", () => {
  assertEquals(Original.start(""), undefined);
});

Deno.test({
  name: "Original.form() does in Python what each case does, and times it",
  ignore: !hasPython(),
  fn: () =>
    withOriginal(async (original) => {
      for (const { name, inMemory, prepare } of ALL_CASES) {
        const directory = await Deno.makeTempDir();
        try {
          const { forms } = await prepare({ size: 20, directory, original });
          assertEquals("original" in forms, !inMemory, name);
          await verifySameAnswer(forms);
          if (!inMemory) assert(await forms.original!.timeMs!(2) > 0, name);
        } finally {
          await Deno.remove(directory, { recursive: true });
        }
      }
    }),
});
