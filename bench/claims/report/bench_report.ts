import type { Origin } from "../../lib/report/origin.ts";
import type { JudgedClaim } from "../judge/judge_claims.ts";
import type { CaseFigures } from "../measure/measure_case.ts";
import type { OriginalVersion } from "../original/original.ts";

/** What was found and where; the object that `--json` prints. */
export interface BenchReport extends Origin {
  /** The versions of the Python original that were measured, too. */
  original: readonly OriginalVersion[];
  /** What a reader has to know, such as what had to be left out. */
  notes: readonly string[];
  claims: readonly JudgedClaim[];
  figures: readonly CaseFigures[];
}
