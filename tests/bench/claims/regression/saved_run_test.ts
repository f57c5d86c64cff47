import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  argumentsToRepeat,
  readSavedRun,
} from "../../../../bench/claims/regression/saved_run.ts";
import { TaskFailure } from "../../../../bench/lib/task.ts";
import { figuresOf, reportOf } from "../../_figures.ts";

const COSTS = { before: 2, package: 1 };

function runOf(...figures: [name: string, size: number][]) {
  return reportOf(figures.map(([name, size]) => figuresOf(name, size, COSTS)));
}

/** The text of a run with these rounds. */
function withRounds(ofPackage: unknown[], before: unknown[]): string {
  const forms = {
    before: { roundsMs: before },
    package: { roundsMs: ofPackage },
  };
  return JSON.stringify({ figures: [{ name: "save", size: 1, forms }] });
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
      withRounds([], []),
      withRounds([1, 2, 3, 4, 5], [1, 2, 3, 4]),
      withRounds([1, 2, 3, 4, "5"], [1, 2, 3, 4, 5]),
      withRounds([1, 2, 3, 4, 0], [1, 2, 3, 4, 5]),
    ]
  ) {
    await Deno.writeTextFile(path, text);
    await assertRejects(
      () => readSavedRun(path),
      `${path} does not hold a run${remedy}`,
    );
  }
  await Deno.remove(path);
  await assertRejects(
    () => readSavedRun(path),
    `Cannot read ${path}: there is no such file${remedy}`,
  );
});

Deno.test("readSavedRun() reads what shells of Windows write", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  const run = runOf(["save", 1000]);
  run.machine.cpu = "Prozessor für Überflieger";
  const text = `\ufeff${JSON.stringify(run)}\r\n`;
  const utf16 = (littleEndian: boolean) => {
    const view = new DataView(new ArrayBuffer(2 * text.length));
    for (let i = 0; i < text.length; i++) {
      view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
    }
    return new Uint8Array(view.buffer);
  };
  for (
    const bytes of [new TextEncoder().encode(text), utf16(true), utf16(false)]
  ) {
    await Deno.writeFile(path, bytes);
    assertEquals(await readSavedRun(path), run);
  }
  await Deno.remove(path);
});

Deno.test("readSavedRun() refuses a run that can show no change", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(path, withRounds([1, 2, 3, 4], [1, 2, 3, 4]));
  await assertRejects(
    () => readSavedRun(path),
    TaskFailure,
    'has too few rounds of "save", 5 are needed',
  );
  await Deno.remove(path);
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
    'The saved run has no case "save", only read, lookups',
  );
  assertThrows(
    () => argumentsToRepeat(runOf(["no longer", 3]), []),
    "The saved run has none of the cases there are",
  );
});
