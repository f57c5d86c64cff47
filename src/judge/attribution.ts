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
export function attribute(rows: readonly JudgementRow[]): Attribution[] {
  const meanOf = (metricType: string) =>
    rows.find((it) =>
      it.metricType === metricType && it.satelliteId === undefined &&
      it.figure === "mean"
    );
  const chainMs = growthMs(meanOf(CHAIN));
  const isSlower = (it: JudgementRow) =>
    it.verdict === "regressed" && it.figure !== "count";
  let metricTypes = [
    ...new Set(rows.filter(isSlower).map((it) => it.metricType)),
  ];
  const isChainAlone = metricTypes.length > 0 &&
    metricTypes.every((it) => it === CHAIN);
  metricTypes = isChainAlone
    ? STAGES.toSorted((a, b) => growthMs(meanOf(b)) - growthMs(meanOf(a)))
      .slice(0, 1)
    : metricTypes.filter((it) => it !== CHAIN);
  const found = metricTypes.map((metricType): Attribution => {
    const ofType = rows.filter((it) => it.metricType === metricType);
    const figures = ofType
      .filter((it) => it.satelliteId === undefined && isSlower(it))
      .map(({ figure }) => figure);
    const meanChangeMs = growthMs(meanOf(metricType));
    const shareOfChain = STAGES.includes(metricType) && chainMs > 0
      ? meanChangeMs / chainMs
      : undefined;
    const satelliteIds = slowSatellites(ofType, isSlower);
    const change = Math.max(
      ...ofType.filter(isSlower).map((it) => it.change!),
    );
    const attribution = {
      metricType,
      satelliteIds,
      figures,
      change: isChainAlone ? meanOf(metricType)?.change ?? 1 : change,
      meanChangeMs,
      shareOfChain,
    };
    const satellites = new Set(ofType.map((it) => it.satelliteId)).size - 1;
    return {
      ...attribution,
      text: textOf(attribution, satellites, isChainAlone),
    };
  });
  return found.sort((a, b) => b.change - a.change);
}

/**
 * The satellites with a figure that regressed, and those whose same figure
 * grew at least half as much: it takes more to be sure of one than of all.
 */
function slowSatellites(
  ofType: readonly JudgementRow[],
  isSlower: (row: JudgementRow) => boolean,
): string[] {
  const slow = ofType.filter((it) =>
    it.satelliteId !== undefined && isSlower(it)
  );
  const found = ofType.filter((it) =>
    it.satelliteId !== undefined && it.change !== undefined &&
    it.figure !== "count" && slow.some((other) =>
      other.figure === it.figure &&
      Math.log(it.change!) >= Math.log(other.change!) / 2
    )
  ).map((it) => it.satelliteId!);
  return [...new Set(found)];
}

function growthMs(row: JudgementRow | undefined): number {
  return (row?.candidate ?? NaN) - (row?.baseline ?? NaN) || 0;
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
