import type { RunMetrics } from "../../model/metrics.ts";
import { checkSummary } from "./schema.ts";

/** A file that is not the summary of a run; the message is the reason. */
export class SummarySyntaxError extends Error {
  /** Always `"SummarySyntaxError"`. */
  override readonly name = "SummarySyntaxError";
}

const lenient = new TextDecoder();
const strict = new TextDecoder("utf-8", { fatal: true });

/** What stands for bytes that are not UTF-8. */
const REPLACEMENT = "\ufffd";

/**
 * Reads the bytes of a summary into a deeply frozen document. Fields that it
 * does not know are kept.
 *
 * @throws {SummarySyntaxError} It is not UTF-8, not JSON, or a field is
 * missing or of the wrong type.
 */
export function decodeSummary(bytes: Uint8Array): RunMetrics {
  const document = parse(bytes);
  const flaw = checkSummary(document);
  if (flaw === undefined) return document as RunMetrics;
  const name = flaw.keys.join(".") || "the document";
  throw new SummarySyntaxError(`${name} ${flaw.reason}`);
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
    throw new SummarySyntaxError(
      `the file is not JSON: ${(cause as Error).message}`,
      { cause },
    );
  }
}
