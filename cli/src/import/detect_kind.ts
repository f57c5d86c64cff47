import { hasKnownColumns } from "./column_plan.ts";
import { DELIMITERS } from "./csv_reader.ts";
import { ImportError, show } from "./import_error.ts";
import type { ReadMeasurementsOptions } from "./import_options.ts";
import { isJtlHeader } from "./jtl_preset.ts";
import type { JsonObject } from "./json_lines_reader.ts";
import { isK6Line } from "./k6_metrics.ts";

/** What reads an input: of k6 there are two, and one for all JSON documents. */
export type InputKind =
  | "csv"
  | "jsonl"
  | "lines"
  | "jtl"
  | "k6-csv"
  | "k6-json"
  | "document";

/** What is looked at: more than any header has. */
const HEAD_CHARACTERS = 64 * 1024;

const PLAIN_LINE =
  /^\S+[ \t]+\S+[ \t]+[+-]?[\d.]+(?:e[+-]?\d+)?(?:[ \t]+\S+)?$/i;

/** Members by which a JSON document is told from a JSON line. */
const DOCUMENT_MEMBERS = ["benchmarks", "benches", "results", "root_group"];

/**
 * What reads an input that begins like this, `undefined` if more is needed to
 * tell: it is told by its first line that is not blank.
 *
 * @throws {ImportError} `UNKNOWN_FORMAT`
 */
export function detectKind(
  head: string,
  isAll: boolean,
  { format, mapping, decimal }: ReadMeasurementsOptions,
): InputKind | undefined {
  if (format === "mitata" || format === "hyperfine") return "document";
  if (format !== undefined && format !== "k6") return format;
  const start = head.trimStart();
  const end = start.search(/[\r\n]/);
  const isWhole = end !== -1 || isAll;
  if (!isWhole && start.length < HEAD_CHARACTERS) return undefined;
  const line = end === -1 ? start : start.slice(0, end);
  if (format === "k6") return line.startsWith("{") ? "k6-json" : "k6-csv";
  if (line.startsWith("{")) return isWhole ? kindOfJson(line) : "document";
  if (/^\[\s*(?:$|[\[{])/.test(line)) throw jsonArray();
  if (line.startsWith("<")) {
    throw new ImportError("UNKNOWN_FORMAT", "the input is XML", {
      remedy: "of JMeter: write a JTL as CSV, with " +
        "jmeter.save.saveservice.output_format=csv",
    });
  }
  const names = line.split(/[,;\t|]/).map((it) =>
    it.trim().replace(/^"(.*)"$/, "$1")
  );
  if (isJtlHeader(names)) return "jtl";
  if (names[0] === "metric_name" && names.includes("metric_value")) {
    return "k6-csv";
  }
  if (mapping?.duration !== undefined || hasKnownColumns(names)) return "csv";
  const pointed = decimal === "," ? line.replaceAll(",", ".") : line;
  if (PLAIN_LINE.test(pointed.trim())) return "lines";
  // What is missing is told by the reader.
  if (DELIMITERS.some((it) => line.includes(it))) return "csv";
  throw new ImportError(
    "UNKNOWN_FORMAT",
    line === ""
      ? "the input is empty"
      : `no format is known that begins with ${show(line)}`,
    { remedy: line === "" ? undefined : "tell the format" },
  );
}

function kindOfJson(line: string): InputKind {
  let value: JsonObject;
  try {
    value = JSON.parse(line);
  } catch {
    // Its object goes on in the next line.
    return "document";
  }
  if (isK6Line(value)) return "k6-json";
  const isDocument = DOCUMENT_MEMBERS.some((it) =>
    typeof value[it] === "object" && value[it] !== null
  );
  return isDocument ? "document" : "jsonl";
}

function jsonArray(): ImportError {
  return new ImportError("UNKNOWN_FORMAT", "the input is one JSON array", {
    remedy: "write one object a line, as `jq -c '.[]'` does",
  });
}
