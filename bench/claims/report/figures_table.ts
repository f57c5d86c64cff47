import {
  formatBytes,
  formatDuration,
  threeDigits,
} from "../../lib/report/quantity.ts";
import type { Table } from "../../lib/report/table.ts";
import { baselineOf } from "../cases/bench_case.ts";
import type { CaseFigures } from "../measure/measure_case.ts";

/** A row a form: its times, its heap, and how it stands to the first. */
export function figuresTable({ forms }: CaseFigures): Table {
  const baseline = baselineOf(forms);
  return {
    head: [
      "Form",
      "Median",
      "p99 alone",
      "Heap",
      `Times as fast as ${baseline}`,
    ],
    rows: Object.entries(forms).map(([name, { medianMs, spread, speedup }]) => [
      name,
      formatDuration(medianMs),
      spread ? formatDuration(spread.p99Ms) : "",
      spread?.heapBytes === undefined ? "" : formatBytes(spread.heapBytes),
      name === baseline
        ? "1"
        : `${threeDigits(speedup.value)} [${threeDigits(speedup.low)}, ${
          threeDigits(speedup.high)
        }]`,
    ]),
    right: [1, 2, 3],
  };
}

/** How many rounds were measured, and in how many processes. */
export function roundsOf({ forms, processes = [] }: CaseFigures): string {
  const rounds = `${forms[baselineOf(forms)]!.roundsMs.length} rounds`;
  return processes.length > 1
    ? `${rounds} in ${processes.length} processes`
    : rounds;
}
