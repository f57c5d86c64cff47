import type { Pace } from "../../event_loop/pace.ts";
import { joinChains, type SatelliteChains } from "./chains.ts";
import type { RunGroup } from "./grouped_runs.ts";
import { type RunSample, takeSample } from "./run_sample.ts";

/** A metric, or whole chains, in all groups of runs. */
export interface MetricFigures {
  /** The metric type, or what chains are called. */
  readonly name: string;
  /** Whether these are whole chains. */
  readonly isChain: boolean;
  readonly groups: readonly SampleGroup[];
}

/** The samples of a metric in the runs of a group; there may be none. */
export interface SampleGroup {
  readonly name: string;
  readonly runs: readonly RunSample[];
}

/** What whole chains are called. */
export const CHAINS = "Whole chains";

/** The metrics of all runs, in the order in which they were first recorded. */
export function metricTypesOf(groups: readonly RunGroup[]): string[] {
  return [
    ...new Set(
      groups.flatMap(({ runs }) =>
        runs.flatMap(({ metrics }) => [...metrics.keys()])
      ),
    ),
  ];
}

/** The samples of a metric. */
export async function takeMetric(
  groups: readonly RunGroup[],
  metricType: string,
  pace: Pace,
): Promise<MetricFigures> {
  const found: SampleGroup[] = [];
  for (const { name, runs } of groups) {
    const samples: RunSample[] = [];
    for (const run of runs) {
      const rows = run.metrics.get(metricType);
      if (rows !== undefined) {
        samples.push(await takeSample(run, rows, pace));
      }
    }
    found.push({ name, runs: samples });
  }
  return { name: metricType, isChain: false, groups: found };
}

/** Whole chains; `undefined` where no run has any. */
export async function takeChains(
  groups: readonly RunGroup[],
  pace: Pace,
): Promise<MetricFigures | undefined> {
  const found: SampleGroup[] = [];
  for (const { name, runs } of groups) {
    const samples: RunSample[] = [];
    for (const run of runs) {
      const chains = await joinChains(run, pace);
      if (chains.length === 0) continue;
      samples.push(await takeSample(run, chains, pace));
    }
    found.push({ name, runs: samples });
  }
  return found.every(({ runs }) => runs.length === 0)
    ? undefined
    : { name: CHAINS, isChain: true, groups: found };
}

/** The chains behind a sample of whole chains. */
export function chainsOf(
  { satellites }: RunSample,
): readonly SatelliteChains[] {
  return satellites as readonly SatelliteChains[];
}
