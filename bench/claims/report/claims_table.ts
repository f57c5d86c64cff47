import type { Table } from "../../lib/report/table.ts";
import type { JudgedClaim, JudgedGain } from "../judge/judge_claims.ts";
import type { GainUnit, Verdict } from "../judge/verdict.ts";
import { formatGain, formatGainInterval } from "./gain.ts";

/** Of what a gain is, in the order in which gains are shown. */
const GAINS: readonly [
  of: string,
  get: (claim: JudgedClaim) => JudgedGain | undefined,
][] = [
  ["TypeScript", (claim) => claim],
  ["Python", ({ python }) => python],
  ["package", (claim) => claim.package],
];

/** The verdicts, as they are counted. */
const VERDICTS: readonly [verdict: Verdict, label: string][] = [
  ["holds", "hold"],
  ["exceeded", "are exceeded"],
  ["does not hold", "do not hold"],
  ["can't tell", "can't tell"],
];

/** A row a gain, for terminals: what is of one claim stands together. */
export function claimsTable(claims: readonly JudgedClaim[]): Table {
  return {
    head: ["Claim", "Report", "Gain of", "Measured", "Verdict"],
    rows: claims.flatMap((claim) =>
      gainsOf(claim).map(([of, gain], i) => [
        i === 0 ? claim.name : "",
        i === 0 ? claim.wording : "",
        of,
        formatMeasured(gain, claim.unit),
        gain.verdict,
      ])
    ),
  };
}

/** A row a claim, for pages: its gains stand beside each other. */
export function wideClaimsTable(claims: readonly JudgedClaim[]): Table {
  const shown = GAINS.filter(([, get]) => claims.some(get));
  return {
    head: [
      "Claim",
      "Report",
      ...shown.flatMap(([of]) => [of, "Verdict"]),
      "Where the report says it",
    ],
    rows: claims.map((claim) => [
      claim.name,
      claim.wording,
      ...shown.flatMap(([, get]) => {
        const gain = get(claim);
        return gain
          ? [formatMeasured(gain, claim.unit), gain.verdict]
          : ["", ""];
      }),
      claim.sections.join("; "),
    ]),
  };
}

/** How many claims hold: a line for each that they are judged for. */
export function verdictLines(claims: readonly JudgedClaim[]): string[] {
  return GAINS.flatMap(([of, get]) => {
    const verdicts = claims.flatMap((claim) => get(claim)?.verdict ?? []);
    if (verdicts.length === 0) return [];
    const counts = VERDICTS.flatMap(([verdict, label]) => {
      const count = verdicts.filter((it) => it === verdict).length;
      return count === 0 ? [] : [`${count} ${label}`];
    });
    return [`${of}: ${counts.join(", ")}`];
  });
}

function gainsOf(claim: JudgedClaim): [of: string, gain: JudgedGain][] {
  return GAINS.flatMap(([of, get]) => {
    const gain = get(claim);
    return gain ? [[of, gain] as [string, JudgedGain]] : [];
  });
}

function formatMeasured(
  { measured, interval }: JudgedGain,
  unit: GainUnit,
): string {
  const gain = formatGain(measured, unit);
  if (interval[0] === interval[1]) return `${gain} (counted)`;
  return `${gain} ${formatGainInterval(interval, unit)}`;
}
