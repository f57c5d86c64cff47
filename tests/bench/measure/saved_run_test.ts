import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  argumentsToRepeat,
  readSavedRun,
  SavedRunError,
} from "../../../bench/measure/saved_run.ts";
import { figuresOf, reportOf } from "../_figures.ts";

const COSTS = { before: 2, package: 1 };

function runOf(...figures: [name: string, size: number][]) {
  return reportOf(figures.map(([name, size]) => figuresOf(name, size, COSTS)));
}

Deno.test("readSavedRun() reads a run, and says of anything else how to save one", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  const run = runOf(["save", 1000]);
  await Deno.writeTextFile(path, JSON.stringify(run));
  assertEquals(await readSavedRun(path), run);

  const remedy = `; save one by: deno task bench --json > ${path}`;
  for (
    const text of [
      "",
      "{",
      "null",
      "[]",
      "{}",
      `{"figures":[null]}`,
      `{"figures":[{"name":"save","size":1,"forms":{}}]}`,
    ]
  ) {
    await Deno.writeTextFile(path, text);
    await assertRejects(
      () => readSavedRun(path),
      SavedRunError,
      `${path} does not hold a run${remedy}`,
    );
  }
  await Deno.remove(path);
  await assertRejects(
    () => readSavedRun(path),
    SavedRunError,
    `Cannot read ${path}: there is no such file${remedy}`,
  );
});

Deno.test("argumentsToRepeat() names the cases of the saved run and its sizes", () => {
  for (
    const [figures, wanted, args] of [
      [[["lookups", 3]], [], ["lookups"]],
      [[["read", 5000], ["lookups", 3]], [], ["read", "lookups"]],
      [[["read", 5000], ["lookups", 3]], ["lookups"], ["lookups"]],
      [[["read", 5000], ["no longer", 3]], [], ["read"]],
      [
        [["save", 10], ["save", 20], ["read", 10], ["read", 20]],
        [],
        ["save", "read", "--size", "10", "--size", "20"],
      ],
    ] as [[string, number][], string[], string[]][]
  ) {
    assertEquals(argumentsToRepeat(runOf(...figures), wanted), args);
  }
});

Deno.test("argumentsToRepeat() needs a case that was saved and still exists", () => {
  assertThrows(
    () => argumentsToRepeat(runOf(["read", 5000], ["lookups", 3]), ["save"]),
    SavedRunError,
    'The saved run has no case "save", only read, lookups',
  );
  assertThrows(
    () => argumentsToRepeat(runOf(["no longer", 3]), []),
    SavedRunError,
    "The saved run has none of the cases there are",
  );
});
