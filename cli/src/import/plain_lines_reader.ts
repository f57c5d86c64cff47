import type { ImportedRows } from "./imported_rows.ts";
import { type NumberPlan, RowReader } from "./row_reader.ts";
import { LineReader, type TextReader } from "./text_reader.ts";

/** Reads lines `metric satellite duration [time]`, between white space. */
export class PlainLinesReader implements TextReader {
  readonly #lines: LineReader;

  constructor(rows: ImportedRows, plan: NumberPlan, decimal: "." | ",") {
    const reader = new RowReader(rows, plan, decimal);
    this.#lines = new LineReader((text, line) => {
      rows.line = line;
      const fields = text.trim().split(/[ \t]+/);
      const [metricType, satelliteId, duration, scenarioTime] = fields;
      if (duration === undefined || fields.length > 4) {
        return rows.fault(
          `the line has ${fields.length} words, and not ` +
            '"metric satellite duration [time]"',
        );
      }
      reader.read(
        metricType!,
        satelliteId!,
        duration,
        scenarioTime,
        undefined,
      );
    });
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  finish(): void {
    this.#lines.finish();
  }
}
