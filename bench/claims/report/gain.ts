import { threeDigits } from "../../lib/report/quantity.ts";
import type { GainUnit } from "../judge/verdict.ts";

function formatNumber(gain: number, unit: GainUnit): string {
  if (!Number.isFinite(gain)) return gain < 0 ? "-∞" : "∞";
  return unit === "×" ? threeDigits(gain) : gain.toFixed(
    Math.abs(gain) < 100 ? 1 : 0,
  );
}

/** A gain in its unit, as in `-5.7 %` and `444×`. */
export function formatGain(gain: number, unit: GainUnit): string {
  const separator = unit === "%" ? " " : "";
  return formatNumber(gain, unit) + separator + unit;
}

/** An interval of gains, as in `[-9.8, -2.2]`. */
export function formatGainInterval(
  [low, high]: readonly [number, number],
  unit: GainUnit,
): string {
  return `[${formatNumber(low, unit)}, ${formatNumber(high, unit)}]`;
}
