import { bootstrapRatio, type Estimate } from "../../lib/measure/bootstrap.ts";
import type { Claim } from "../claims.ts";
import type { CaseFigures } from "../measure/measure_case.ts";
import { ORIGINAL_FORMS } from "../original/add_original.ts";
import { gainEstimate, type GainUnit, judge, type Verdict } from "./verdict.ts";

/** A gain and what it says of a claim. */
export interface JudgedGain {
  /** The gain that was measured, in the unit of the claim. */
  measured: number;
  /** Where the gain lies with 95 % confidence; a bound can be infinite. */
  interval: [low: number, high: number];
  verdict: Verdict;
}

/**
 * A claim, and what was measured: the report's "after" over its "before", both
 * in TypeScript.
 */
export interface JudgedClaim extends JudgedGain {
  name: string;
  sections: readonly string[];
  wording: string;
  unit: GainUnit;
  /** The gain that was claimed. */
  claimed: [low: number, high: number];
  /** The same of the Python program itself, where both versions were at hand. */
  python?: JudgedGain;
  /** This package over the report's "before", by the same yardstick. */
  package?: JudgedGain;
}

/** Judges every claim whose case was measured at its size. */
export function judgeClaims(
  claims: readonly Claim[],
  figures: readonly CaseFigures[],
): JudgedClaim[] {
  return claims.flatMap((claim) => {
    const { case: name, size } = claim.test;
    const measured = figures.find((it) => it.name === name && it.size === size);
    if (measured === undefined) return [];
    const after = judgeGain(claim, measured, "before", "after");
    if (after === undefined) return [];
    const python = judgeGain(
      claim,
      measured,
      ORIGINAL_FORMS.before,
      ORIGINAL_FORMS.after,
    );
    const own = judgeGain(claim, measured, "before", "package");
    const { low, high, unit } = claim.claimed;
    return [{
      name: claim.name,
      sections: claim.sections,
      wording: claim.wording,
      unit,
      claimed: [low, high],
      ...after,
      ...python && { python },
      ...own && { package: own },
    }];
  });
}

/** What one form gains over another; `undefined` where one is missing. */
function judgeGain(
  { claimed, test }: Claim,
  figures: CaseFigures,
  from: string,
  to: string,
): JudgedGain | undefined {
  const ratio = test.cost === undefined
    ? ratioOfTimes(figures, from, to)
    : ratioOfCounts(figures.counts[test.cost] ?? {}, from, to);
  if (ratio === undefined) return undefined;
  const gain = gainEstimate(ratio, claimed.unit);
  return {
    measured: gain.value,
    interval: [gain.low, gain.high],
    verdict: judge(claimed, gain),
  };
}

function ratioOfTimes(
  { forms, processes }: CaseFigures,
  from: string,
  to: string,
): Estimate | undefined {
  if (forms[from] === undefined || forms[to] === undefined) return undefined;
  const { roundsMs } = forms[from];
  return bootstrapRatio(roundsMs, forms[to].roundsMs, {
    groups: processes ?? [roundsMs.length],
  });
}

function ratioOfCounts(
  counts: Readonly<Record<string, number>>,
  from: string,
  to: string,
): Estimate | undefined {
  const before = counts[from];
  const after = counts[to];
  if (before === undefined || after === undefined) return undefined;
  const value = before / after;
  return { value, low: value, high: value };
}
