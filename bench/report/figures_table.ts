import type { CaseFigures } from "../measure/measure_case.ts";
import { formatBytes, formatDuration, threeDigits } from "./quantity.ts";
import type { Table } from "./table.ts";

/** A row a form: its times, its heap, and how it stands to "before". */
export function figuresTable({ forms }: CaseFigures): Table {
  return {
    head: ["Form", "Median", "p99 alone", "Heap", "Times as fast as before"],
    rows: Object.entries(forms).map(([name, { medianMs, spread, speedup }]) => [
      name,
      formatDuration(medianMs),
      spread ? formatDuration(spread.p99Ms) : "",
      spread?.heapBytes === undefined ? "" : formatBytes(spread.heapBytes),
      name === "before"
        ? "1"
        : `${threeDigits(speedup.value)} [${threeDigits(speedup.low)}, ${
          threeDigits(speedup.high)
        }]`,
    ]),
    right: [1, 2, 3],
  };
}
