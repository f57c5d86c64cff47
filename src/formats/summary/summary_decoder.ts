import type { RunMetrics } from "../../model/metrics.ts";
import { checkSummary } from "./schema.ts";
import { CHECKSUM_KEY, summaryChecksum } from "./summary_checksum.ts";

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
  const document = parse(bytes);
  const flaw = checkSummary(document);
  if (flaw !== undefined) {
    const name = flaw.keys.join(".") || "the document";
    throw new SummarySyntaxError(`${name} ${flaw.reason}`);
  }
  const metrics = document as RunMetrics;
  if (metrics.summary_xxh32 !== undefined) requireChecksum(metrics, bytes);
  return metrics;
}

function requireChecksum(
  { summary_xxh32: wanted }: RunMetrics,
  bytes: Uint8Array,
): void {
  const found = summaryChecksum(bytes);
  if (found === wanted) return;
  throw new SummarySyntaxError(
    `the file was changed after it was saved: its checksum is ` +
      `${
        found ?? "not where it was"
      }, and its ${CHECKSUM_KEY} says ${wanted}; ` +
      `restore the file, or take that key out to accept the change`,
  );
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new SummarySyntaxError("the file is empty");
  let text;
  try {
    text = lenient.decode(bytes);
    // Strictly it takes five times as long, and the character may be meant.
    if (text.includes(REPLACEMENT)) text = strict.decode(bytes);
  } catch (cause) {
    throw new SummarySyntaxError("the file is not UTF-8", { cause });
  }
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
