import type { RunLabels } from "../model/metrics.ts";
import { HOST_LABEL, type TakenRun } from "./judged_run.ts";
import type { NoiseDocument } from "./noise.ts";

/** What is to be known about where and when runs took place. */
export interface Provenance {
  readonly warnings: readonly string[];
  /** Whether a calibration is old or of elsewhere. */
  readonly isNoiseDoubtful: boolean;
}

const DAY_S = 86_400;

/** A calibration that is older may no longer hold. */
const STALE_AFTER_DAYS = 30;

/** Runs that lie further apart are of another session. */
const SESSION_GAP_S = DAY_S / 2;

/** Reads hosts, labels and start times of runs, and of a calibration. */
export function provenanceOf(
  baselines: readonly TakenRun[],
  candidates: readonly TakenRun[],
  noise: NoiseDocument | undefined,
): Provenance {
  const ofNoise = noise === undefined
    ? []
    : noiseWarnings(baselines, candidates, noise);
  return {
    warnings: [
      ...hostWarnings(baselines, candidates),
      ...labelWarnings(baselines, candidates),
      ...timeWarnings(baselines, candidates),
      ...candidates.filter((it) => it.isIncomplete).map(({ name }) =>
        `The candidate ${name} is incomplete: it ended before its end`
      ),
      ...ofNoise,
    ],
    isNoiseDoubtful: ofNoise.length > 0,
  };
}

/** The labels that all of these runs have with the same values. */
export function commonLabels(runs: readonly TakenRun[]): RunLabels {
  const [first, ...others] = runs.map(({ labels }) => labels);
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) =>
      others.every((it) => Object.hasOwn(it, name) && it[name] === value)
    ),
  );
}

/** When the last of these runs took place, Unix time in seconds. */
export function latestStartS(runs: readonly TakenRun[]): number | undefined {
  const starts = startsOf(runs);
  return starts.length === 0 ? undefined : Math.max(...starts);
}

function hostWarnings(
  baselines: readonly TakenRun[],
  candidates: readonly TakenRun[],
): string[] {
  const hosts = valuesOf([...baselines, ...candidates], HOST_LABEL);
  if (hosts.length <= 1) return [];
  return [
    `The runs are of several hosts (${
      hosts.join(", ")
    }): hosts differ more than most changes`,
  ];
}

function labelWarnings(
  baselines: readonly TakenRun[],
  candidates: readonly TakenRun[],
): string[] {
  const warnings: string[] = [];
  const names = new Set(
    [...baselines, ...candidates].flatMap(({ labels }) => Object.keys(labels)),
  );
  names.delete(HOST_LABEL);
  const confounded: string[] = [];
  for (const name of names) {
    const before = valuesOf(baselines, name);
    const after = valuesOf(candidates, name);
    for (
      const [what, values] of [["baselines", before], [
        "candidates",
        after,
      ]] as const
    ) {
      if (values.length <= 1) continue;
      warnings.push(
        `The ${what} differ in the label "${name}": ${values.join(", ")}`,
      );
    }
    if (
      before.length === 1 && after.length === 1 && before[0] !== after[0]
    ) confounded.push(name);
  }
  if (confounded.length > 1) {
    warnings.push(
      `Candidates differ from baselines in ${
        confounded.map((it) => `"${it}"`).join(" and ")
      }: which of them made a change can't be told`,
    );
  }
  return warnings;
}

function timeWarnings(
  baselines: readonly TakenRun[],
  candidates: readonly TakenRun[],
): string[] {
  const before = startsOf(baselines);
  const after = startsOf(candidates);
  if (before.length === 0 || after.length === 0) return [];
  const gapS = Math.max(
    Math.min(...after) - Math.max(...before),
    Math.min(...before) - Math.max(...after),
  );
  if (gapS <= 0) return [];
  const warnings = [
    "The runs are not interleaved: drift looks the same as a change",
  ];
  if (gapS > SESSION_GAP_S) {
    warnings.push(
      `${
        (gapS / DAY_S).toFixed(1)
      } days lie between baselines and candidates: another session is another bench`,
    );
  }
  return warnings;
}

function noiseWarnings(
  baselines: readonly TakenRun[],
  candidates: readonly TakenRun[],
  { date, host, labels }: NoiseDocument,
): string[] {
  const warnings: string[] = [];
  const runs = [...baselines, ...candidates];
  const foreign = Object.entries({ ...labels, ...(host !== null && { host }) })
    .filter(([name, value]) =>
      valuesOf(baselines, name).some((it) => it !== value) ||
      // Candidates may be of another version, but not of another machine.
      name === HOST_LABEL && valuesOf(runs, name).some((it) => it !== value)
    );
  if (foreign.length > 0) {
    warnings.push(
      `The calibration is of elsewhere: ${
        foreign.map(([name, value]) =>
          `${name} ${value}, not ${valuesOf(runs, name).join(", ")}`
        ).join("; ")
      }`,
    );
  }
  const calibratedS = new Date(date).getTime() / 1000;
  const latestS = latestStartS(runs);
  const days = Math.round(Math.abs((latestS ?? NaN) - calibratedS) / DAY_S);
  if (days > STALE_AFTER_DAYS) {
    warnings.push(
      `The calibration is stale: ${days} days lie between it and the runs`,
    );
  }
  return warnings;
}

/** The different values that runs with a label have. */
function valuesOf(runs: readonly TakenRun[], label: string): string[] {
  return [
    ...new Set(
      runs.filter(({ labels }) => Object.hasOwn(labels, label))
        .map(({ labels }) => labels[label]!),
    ),
  ];
}

function startsOf(runs: readonly TakenRun[]): number[] {
  return runs.map(({ startS }) => startS).filter((it) => it !== undefined);
}
