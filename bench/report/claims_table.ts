import type { JudgedClaim, JudgedGain } from "../measure/judge_claims.ts";
import type { GainUnit } from "../measure/verdict.ts";
import { formatGain, formatGainInterval } from "./quantity.ts";
import type { Table } from "./table.ts";

function withInterval({ measured, interval }: JudgedGain, unit: GainUnit) {
  const gain = formatGain(measured, unit);
  if (interval[0] === interval[1]) return `${gain} (counted)`;
  return `${gain} ${formatGainInterval(interval, unit)}`;
}

/** A row a claim: the report's figure, its "after", and this package. */
export function claimsTable(claims: readonly JudgedClaim[]): Table {
  return {
    head: ["Claim", "Report", "Its after: measured", "Verdict", "Package"],
    rows: claims.map((claim) => [
      claim.name,
      claim.wording,
      withInterval(claim, claim.unit),
      claim.verdict,
      claim.package ? formatGain(claim.package.measured, claim.unit) : "",
    ]),
    right: [4],
  };
}
