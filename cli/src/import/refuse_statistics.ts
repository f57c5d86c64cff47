import { ImportError } from "./import_error.ts";

/** Columns by which the statistics of a tool are known, and what to do. */
const STATISTICS: readonly {
  readonly tool: string;
  readonly columns: readonly (readonly string[])[];
  readonly remedy: string;
}[] = [
  {
    tool: "locust's statistics",
    columns: [
      ["Type", "Name", "Request Count"],
      ["Name", "# requests"],
      ["Timestamp", "User Count", "Type", "Name"],
    ],
    remedy: "have a listener of locust's request event write a CSV of its own",
  },
  {
    tool: "the statistics of hyperfine",
    columns: [["command", "mean", "stddev"]],
    remedy: "export them with --export-json, which has every time",
  },
];

/**
 * Refuses the figures that a tool makes of its samples: no measurement can be
 * made of these.
 *
 * @throws {ImportError} `NO_SAMPLES`
 */
export function refuseStatistics(names: readonly string[]): void {
  for (const { tool, columns, remedy } of STATISTICS) {
    if (columns.some((it) => it.every((name) => names.includes(name)))) {
      throw noSamples(tool, remedy);
    }
  }
}

/** What has figures of samples, and not the samples. */
export function noSamples(tool: string, remedy: string): ImportError {
  return new ImportError(
    "NO_SAMPLES",
    `${tool} have no raw samples, and none can be made of them`,
    { remedy },
  );
}
