import { MeasurementColumns } from "../../../../src/columns/measurement_columns.ts";
import { parseDecimal } from "../../../../src/formats/csv/decimal/parse_decimal.ts";
import { CsvDecoder } from "../../../../src/formats/csv/csv_decoder.ts";
import { CSV_COLUMNS } from "../../../../src/model/measurement.ts";
import { runAtOnce } from "../../../../src/event_loop/sliced.ts";

const encoder = new TextEncoder();

/** The numbers that `parseDecimal` makes of these texts. */
export function parseTexts(texts: readonly string[]): number[] {
  const view = new DataView(encoder.encode(texts.join()).buffer);
  let end = -1;
  return texts.map((text) => {
    const start = end + 1;
    end = start + text.length;
    return parseDecimal(view, start, end);
  });
}

/**
 * The numbers that a decoder makes of these texts, each of them in a row whose
 * other numbers are plain, so that they do not keep it from the fast path; in
 * every column in turn.
 */
export function decodeTexts(texts: readonly string[]): number[] {
  let csv = `${CSV_COLUMNS}\n0,t,s,0,0\n`;
  for (const [i, text] of texts.entries()) {
    if (i % 3 === 0) csv += `${text},t,s,0,0\n`;
    else if (i % 3 === 1) csv += `0,t,s,${text},0\n`;
    else csv += `0,t,s,0,${text}\n`;
  }
  const columns = new MeasurementColumns();
  const decoder = new CsvDecoder(columns);
  runAtOnce(decoder.push(encoder.encode(csv)));
  decoder.finish();
  const { timestamps, durationsMs, scenarioTimesS } = columns.blocks[0]!;
  const places = [timestamps, durationsMs, scenarioTimesS];
  return texts.map((_, i) => places[i % 3]![i + 1]!);
}
