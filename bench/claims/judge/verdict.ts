import type { Estimate } from "../../lib/measure/bootstrap.ts";

/** What was measured says of a claim. */
export type Verdict = "holds" | "exceeded" | "does not hold" | "can't tell";

/** In which unit a gain is told: per cent of the time saved, or times as fast. */
export type GainUnit = "%" | "×";

/** A claimed gain from `low` to `high`, in its unit. */
export interface ClaimedGain {
  unit: GainUnit;
  low: number;
  high: number;
}

const NO_GAIN = { "%": 0, "×": 1 } as const;
const TOO_WIDE = 2;

/** A gain from the ratio of what it cost before to what it costs after. */
export function gainOf(ratio: number, unit: GainUnit): number {
  return unit === "×" ? ratio : 100 * (1 - 1 / ratio);
}

/** {@linkcode gainOf} for a ratio and both ends of its interval. */
export function gainEstimate(ratio: Estimate, unit: GainUnit): Estimate {
  return {
    value: gainOf(ratio.value, unit),
    low: gainOf(ratio.low, unit),
    high: gainOf(ratio.high, unit),
  };
}

/**
 * Judges a claimed gain by a measured one. The interval decides, not the value:
 *
 * - all of it above what was claimed: `exceeded`;
 * - all of it below: `does not hold`;
 * - otherwise it overlaps what was claimed. If it also holds "no gain at all",
 *   or is over twice as wide as the claim, the claim and its opposite fit it
 *   alike: `can't tell`;
 * - else the claim `holds`.
 */
export function judge(claimed: ClaimedGain, measured: Estimate): Verdict {
  if (measured.low > claimed.high) return "exceeded";
  if (measured.high < claimed.low) return "does not hold";
  const width = measured.high - measured.low;
  if (
    measured.low <= NO_GAIN[claimed.unit] ||
    width > TOO_WIDE * (claimed.high - claimed.low)
  ) return "can't tell";
  return "holds";
}
