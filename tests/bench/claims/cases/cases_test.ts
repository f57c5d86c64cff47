import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ALL_CASES } from "../../../../bench/claims/cases/all.ts";
import { selectCases } from "../../../../bench/claims/cases/select_cases.ts";
import { verifySameAnswer } from "../../../../bench/claims/cases/verify.ts";
import { CLAIMS } from "../../../../bench/claims/claims.ts";

for (const { name, prepare } of ALL_CASES) {
  Deno.test(`The forms of the case "${name}" give the same answer`, async () => {
    const directory = await Deno.makeTempDir();
    try {
      const { forms, counts = {} } = await prepare({ size: 20, directory });
      const claims = CLAIMS.filter(({ test }) => test.case === name);
      const names = Object.keys(forms);
      assert(names.includes("package"));
      if (claims.length > 0) {
        assertEquals(names.slice(0, 3), ["before", "after", "package"]);
      }
      await verifySameAnswer(forms);
      for (const { test } of claims) {
        if (test.cost) assert(counts[test.cost]!.after! > 0);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("A case can be one that the report never spoke of", () => {
  const claimed = new Set(CLAIMS.map(({ test }) => test.case));
  const others = ALL_CASES.filter(({ name }) => !claimed.has(name));
  assertEquals(others.map(({ name }) => name), ["load"]);
});

Deno.test("verifySameAnswer() rejects a form that does something else", async () => {
  const form = (answer: unknown) => ({ run: () => answer });
  await assertRejects(
    () =>
      verifySameAnswer({
        before: form([1]),
        after: form([1]),
        package: form([2]),
      }),
    Error,
    '"package" does not do what "before" does',
  );
});

Deno.test("Every claim is about a case at a size that is measured", () => {
  for (const { name, test } of CLAIMS) {
    const benchCase = ALL_CASES.find((it) => it.name === test.case);
    assert(benchCase?.sizes.includes(test.size), name);
  }
});

Deno.test("selectCases() takes names and sizes, or all at their own sizes", () => {
  const chosen = selectCases(["save"], [10, 20]);
  assertEquals(
    chosen.map(({ benchCase, size }) => [benchCase.name, size]),
    [["save", 10], ["save", 20]],
  );
  assertEquals(
    selectCases([], []).length,
    ALL_CASES.flatMap(({ sizes }) => sizes).length,
  );
});

Deno.test("selectCases() measures a size once, however often it is named", () => {
  assertEquals(selectCases(["save", "save"], [10, 10]).length, 1);
});

Deno.test("selectCases() refuses names that no case has", () => {
  assertThrows(() => selectCases(["sav"], []), RangeError, '"sav"');
});
