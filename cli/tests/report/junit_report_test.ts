import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { junitReport } from "../../src/report/mod.ts";
import { assertGolden } from "./_golden.ts";
import { HOSTILE, INCONCLUSIVE, PASS, REGRESSED } from "./_judgements.ts";

for (
  const [name, judgement] of Object.entries({
    regressed: REGRESSED,
    pass: PASS,
    inconclusive: INCONCLUSIVE,
    hostile: HOSTILE,
  })
) {
  Deno.test(`junitReport() of ${name} is the golden one`, async () => {
    await assertGolden(`${name}.xml.txt`, junitReport(judgement));
  });

  Deno.test(`junitReport() of ${name} is well-formed and counts what it holds`, () => {
    const xml = junitReport(judgement);
    assertWellFormed(xml);
    const [, tests, failures, errors, skipped] =
      /<testsuite .*tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/
        .exec(xml)!.map(Number);
    const count = (element: string) => xml.split(`<${element} `).length - 1;
    assertEquals(
      [tests, failures, errors, skipped],
      ["testcase", "failure", "error", "skipped"].map(count),
    );
  });
}

Deno.test("junitReport() fails for what regressed, and no pass hides what can't be told", () => {
  assertMatch(junitReport(PASS), /failures="0" errors="0"/);
  // The verdict, a row and a budget.
  assertMatch(junitReport(REGRESSED), /failures="3" errors="0"/);
  assertMatch(junitReport(INCONCLUSIVE), /failures="0" errors="1"/);
});

Deno.test("junitReport() tells of a regression that does not decide, and skips it", () => {
  assertStringIncludes(
    junitReport(REGRESSED),
    'classname="agent_decision.SAT1" name="tail"><skipped message="does not decide: ',
  );
});

Deno.test("junitReport() leaves out rows beyond a thousand, none that decides, and says how many", () => {
  const others = Array.from({ length: 3000 }, (_, i) => ({
    ...PASS.rows[0]!,
    satelliteId: `SAT${i}`,
    isGating: false,
  }));
  const xml = junitReport({
    ...REGRESSED,
    rows: [...others, ...REGRESSED.rows],
  });
  assertMatch(xml, /tests="1001" failures="3"/);
  assertStringIncludes(xml, "2,006 more rows left out</system-out>");
});

/** That tags match, attributes are quoted, and no character is forbidden. */
function assertWellFormed(xml: string): void {
  assertEquals(xml.isWellFormed(), true);
  // deno-lint-ignore no-control-regex
  assertEquals(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.exec(xml), null);
  const open: string[] = [];
  const body = xml.replace(/^<\?xml [^>]*\?>/, "").replace(
    /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
    (_, end, name, _attributes, isEmpty) => {
      if (end) assertEquals(open.pop(), name);
      else if (!isEmpty) open.push(name);
      return "";
    },
  );
  assertEquals(open, []);
  assertEquals(body.match(/[<>]|&(?!(amp|lt|gt|quot|apos);)/g), null);
}
