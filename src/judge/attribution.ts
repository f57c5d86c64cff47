import { SLICE_VALUES, type Sliced } from "../event_loop/sliced.ts";
import { CHAIN, STAGES } from "./figures/chain.ts";
import type { Attribution, JudgementRow } from "./judgement.ts";
import { digitsOf, formatChange } from "./percent.ts";

/**
 * Says which stages and satellites regressions come from: metric types with a
 * row that regressed, over all satellites or of one. Where the chain alone
 * did, its greatest stage is named.
 *
 * What changed most for its size comes first: a slow stage takes others along,
 * which may grow by more milliseconds, but hardly by a greater part.
 */
export function* attribute(
  rows: readonly JudgementRow[],
): Sliced<Attribution[]> {
  const types = new Map<string, RowsOfType>();
  for (const [i, row] of rows.entries()) {
    let ofType = types.get(row.metricType);
    if (ofType === undefined) {
      ofType = { rows: [], mean: undefined, isSlower: false };
      types.set(row.metricType, ofType);
    }
    ofType.rows.push(row);
    if (row.figure === "mean" && row.satelliteId === undefined) {
      ofType.mean = row;
    }
    if (isSlower(row)) ofType.isSlower = true;
    if (i % SLICE_VALUES === 0) yield;
  }
  const chainMs = growthMs(types.get(CHAIN));
  let metricTypes = [...types.keys()].filter((it) => types.get(it)!.isSlower);
  // A bench may have a metric of that name, and none of the stages.
  const isChainAlone = metricTypes.join() === CHAIN &&
    STAGES.every((it) => types.has(it));
  metricTypes = isChainAlone
    ? STAGES
      .toSorted((a, b) => growthMs(types.get(b)) - growthMs(types.get(a)))
      .slice(0, 1)
    : metricTypes.filter((it) => it !== CHAIN || metricTypes.length === 1);
  const found: Attribution[] = [];
  for (const metricType of metricTypes) {
    const ofType = types.get(metricType)!;
    const slow = ofType.rows.filter(isSlower);
    yield;
    const meanChangeMs = growthMs(ofType);
    const attribution = {
      metricType,
      satelliteIds: slowSatellites(ofType.rows),
      figures: slow.filter((it) => it.satelliteId === undefined)
        .map(({ figure }) => figure),
      change: isChainAlone ? ofType.mean?.change ?? 1 : slow.reduce(
        (most, { change }) => Math.max(most, change ?? Infinity),
        0,
      ),
      meanChangeMs,
      shareOfChain: STAGES.includes(metricType) && chainMs > 0
        ? meanChangeMs / chainMs
        : undefined,
    };
    yield;
    const satellites = new Set(ofType.rows.map((it) => it.satelliteId));
    const text = textOf(attribution, satellites.size - 1, isChainAlone);
    found.push({ ...attribution, text });
    yield;
  }
  return found.sort((a, b) => b.change - a.change);
}

/** The rows of a metric type. */
interface RowsOfType {
  readonly rows: JudgementRow[];
  /** Its mean over all satellites. */
  mean: JudgementRow | undefined;
  /** Whether any of them regressed. */
  isSlower: boolean;
}

function isSlower({ verdict, figure }: JudgementRow): boolean {
  return verdict === "regressed" && figure !== "count";
}

/**
 * The satellites with a figure that regressed, and those whose same figure
 * grew at least half as much: it takes more to be sure of one than of all.
 */
function slowSatellites(ofType: readonly JudgementRow[]): string[] {
  const ofSatellites = ofType.filter((it) =>
    it.satelliteId !== undefined && it.change !== undefined &&
    it.figure !== "count"
  );
  const least = new Map<string, number>();
  for (const { figure, change } of ofSatellites.filter(isSlower)) {
    least.set(figure, Math.min(least.get(figure) ?? Infinity, change!));
  }
  const found = ofSatellites.filter(({ figure, change }) =>
    least.has(figure) && change! >= Math.sqrt(least.get(figure)!)
  );
  return [...new Set(found.map((it) => it.satelliteId!))];
}

/** What the mean grew by; 0 where it is not known. */
function growthMs(ofType: RowsOfType | undefined): number {
  const { candidate = 0, baseline = candidate } = ofType?.mean ?? {};
  return candidate - baseline;
}

function textOf(
  { metricType, satelliteIds, figures, change, meanChangeMs, shareOfChain }:
    Omit<
      Attribution,
      "text"
    >,
  satellites: number,
  isChainAlone: boolean,
): string {
  const of = satelliteIds.length === 0
    ? "no single satellite"
    : satelliteIds.length === satellites
    ? `all ${satellites} satellites`
    : satelliteIds.join(" and ");
  const growth = `mean ${meanChangeMs < 0 ? "-" : "+"}${
    digitsOf(Math.abs(meanChangeMs))
  } ms`;
  const share = shareOfChain === undefined
    ? ""
    : `, ${Math.round(100 * shareOfChain)} % of what whole chains grew by`;
  if (isChainAlone) {
    return `Chains are slower though no stage is by itself; most in ${metricType} (${growth}${share})`;
  }
  const which = figures.length === 0 ? "" : ` (${figures.join(", ")})`;
  return `${metricType}${which} of ${of}: up to ${
    formatChange(change)
  }, ${growth}${share}`;
}
