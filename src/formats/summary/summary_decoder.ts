import type { RunMetrics } from "../../model/metrics.ts";
import { checkSummary, SUMMARY_FIELDS } from "./schema.ts";
import {
  CHECKSUM_KEY,
  keysAfterChecksum,
  summaryChecksum,
} from "./summary_checksum.ts";

/** A file that is not the summary of a run; the message is the reason. */
export class SummarySyntaxError extends Error {
  /** Always `"SummarySyntaxError"`. */
  override readonly name = "SummarySyntaxError";
}

const lenient = new TextDecoder();
const strict = new TextDecoder("utf-8", { fatal: true });

/** What Python writes for a number that JSON does not have. */
const PYTHON_NUMBER = /: (NaN|-?Infinity)\b/;

/** What stands for bytes that are not UTF-8. */
const REPLACEMENT = "\ufffd";

/**
 * Reads the bytes of a summary into a deeply frozen document. Fields that it
 * does not know are kept.
 *
 * @throws {SummarySyntaxError} It is not UTF-8, not JSON, a field is missing or
 * of the wrong type, or it was changed after it was saved.
 */
export function decodeSummary(bytes: Uint8Array): RunMetrics {
  const text = decode(bytes);
  const document = parse(text);
  const flaw = checkSummary(document);
  if (flaw !== undefined) {
    const name = flaw.keys.join(".") || "the document";
    throw new SummarySyntaxError(`${name} ${flaw.reason}`);
  }
  const metrics = document as RunMetrics;
  if (metrics.summary_xxh32 !== undefined) {
    requireChecksum(metrics, bytes, text);
  }
  return metrics;
}

function requireChecksum(
  { summary_xxh32: wanted }: RunMetrics,
  bytes: Uint8Array,
  text: string,
): void {
  const found = summaryChecksum(bytes, text);
  if (found === wanted) {
    const key = keysAfterChecksum(text).find((it) =>
      Object.hasOwn(SUMMARY_FIELDS, it)
    );
    if (key === undefined) return;
    throw new SummarySyntaxError(
      `${key} stands after ${CHECKSUM_KEY}, which covers what is before it`,
    );
  }
  throw new SummarySyntaxError(
    `the file was changed after it was saved: its checksum is ` +
      `${
        found ?? "not where it was"
      }, and its ${CHECKSUM_KEY} says ${wanted}; ` +
      `restore the file, or take that key out to accept the change`,
  );
}

function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new SummarySyntaxError("the file is empty");
  try {
    const text = lenient.decode(bytes);
    // Strictly it takes five times as long, and the character may be meant.
    return text.includes(REPLACEMENT) ? strict.decode(bytes) : text;
  } catch (cause) {
    throw new SummarySyntaxError("the file is not UTF-8", { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = PYTHON_NUMBER.exec(text)?.[1];
    throw new SummarySyntaxError(
      reason === undefined
        ? `the file is not JSON: ${(cause as Error).message}`
        : `the file holds ${reason}, which is how Python writes a figure that ` +
          "is not finite",
      { cause },
    );
  }
}
