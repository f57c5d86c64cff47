import type { Claim } from "../claims.ts";
import type { Estimate } from "./bootstrap.ts";
import type { CaseFigures } from "./measure_case.ts";
import { gainEstimate, type GainUnit, judge, type Verdict } from "./verdict.ts";

/** A gain and what it says of a claim. */
export interface JudgedGain {
  /** The gain that was measured, in the unit of the claim. */
  measured: number;
  /** Where the gain lies with 95 % confidence; a bound can be infinite. */
  interval: [low: number, high: number];
  verdict: Verdict;
}

/** A claim, and what was measured: the report's "after" over its "before". */
export interface JudgedClaim extends JudgedGain {
  name: string;
  sections: readonly string[];
  wording: string;
  unit: GainUnit;
  /** The gain that was claimed. */
  claimed: [low: number, high: number];
  /** This package over the report's "before", by the same yardstick. */
  package?: JudgedGain;
}

function ratioOf(
  figures: CaseFigures,
  form: string,
  cost: string | undefined,
): Estimate | undefined {
  if (cost === undefined) return figures.forms[form]?.speedup;
  const { before, [form]: after } = figures.counts[cost] ?? {};
  if (before === undefined || after === undefined) return undefined;
  const value = before / after;
  return { value, low: value, high: value };
}

function judgeGain(
  { claimed }: Claim,
  ratio: Estimate | undefined,
): JudgedGain | undefined {
  if (ratio === undefined) return undefined;
  const gain = gainEstimate(ratio, claimed.unit);
  return {
    measured: gain.value,
    interval: [gain.low, gain.high],
    verdict: judge(claimed, gain),
  };
}

/** Judges every claim whose case was measured at its size. */
export function judgeClaims(
  claims: readonly Claim[],
  figures: readonly CaseFigures[],
): JudgedClaim[] {
  return claims.flatMap((claim) => {
    const { case: name, size, cost } = claim.test;
    const measured = figures.find((it) => it.name === name && it.size === size);
    if (measured === undefined) return [];
    const after = judgeGain(claim, ratioOf(measured, "after", cost));
    if (after === undefined) return [];
    const own = judgeGain(claim, ratioOf(measured, "package", cost));
    const { low, high, unit } = claim.claimed;
    return [{
      name: claim.name,
      sections: claim.sections,
      wording: claim.wording,
      unit,
      claimed: [low, high],
      ...after,
      ...own && { package: own },
    }];
  });
}
