import { assert, assertEquals } from "@std/assert";
import { mergeReports } from "../../../../bench/claims/measure/merge_reports.ts";
import { figuresOf, reportOf } from "../../_figures.ts";

function report(afterMs: number, notes: string[], more = {}) {
  const times = { before: 10, after: afterMs, package: 1, ...more };
  return { ...reportOf([figuresOf("save", 10_000, times)]), notes };
}

Deno.test("mergeReports() judges the claims by the rounds of all processes", () => {
  const merged = mergeReports([
    report(6, ["a"]),
    report(6, ["a", "b"]),
    report(6, []),
    report(6, []),
    report(10, ["a"]),
  ]);
  const [save] = merged.figures;
  assertEquals(save!.processes, [9, 9, 9, 9, 9]);
  assertEquals(save!.forms.after!.roundsMs.length, 45);
  assertEquals(save!.forms.after!.medianMs, 6);
  // In one process of five there was no gain.
  assertEquals(save!.forms.after!.speedup.low, 1);
  assertEquals(merged.notes, ["a", "b"]);
  const [claim] = merged.claims;
  assertEquals(claim!.measured, 40);
  assertEquals(claim!.interval[0], 0);
  assertEquals(claim!.verdict, "can't tell");
});

Deno.test("mergeReports() leaves out a form that a process lacks", () => {
  const python = { "Python before": 50, "Python after": 50 };
  const merged = mergeReports([report(6, [], python), report(6, [])]);
  assertEquals(Object.keys(merged.figures[0]!.forms), [
    "before",
    "after",
    "package",
  ]);
  assert(merged.claims.every((claim) => claim.python === undefined));
});
