import type { Measurement } from "../../../src/model/measurement.ts";

/** The rows of a well-formed CSV, character by character; no blank lines. */
export function splitCsv(text: string): string[][] {
  const rows: string[][] = [];
  let fields: string[] = [];
  let field = "";
  let isQuoted = false;
  let inQuotes = false;
  function endRow(): void {
    if (fields.length > 0 || field !== "" || isQuoted) {
      rows.push([...fields, field]);
    }
    fields = [];
    field = "";
    isQuoted = false;
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (inQuotes) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') field += text[at++];
      else inQuotes = false;
    } else if (character === '"') {
      isQuoted = inQuotes = true;
    } else if (character === ",") {
      fields.push(field);
      field = "";
    } else if (character === "\n") {
      endRow();
    } else if (character !== "\r") {
      field += character;
    }
  }
  endRow();
  return rows;
}

/** The measurements in a well-formed CSV of a run. */
export function decodeNaively(text: string): Measurement[] {
  return splitCsv(text).slice(1).map((fields) => ({
    timestamp: Number(fields[0]),
    metricType: fields[1]!,
    satelliteId: fields[2]!,
    durationMs: Number(fields[3]),
    scenarioTimeS: Number(fields[4]),
  }));
}
