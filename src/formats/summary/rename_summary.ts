import { xxh32 } from "../xxh32.ts";
import { CHECKSUM_KEY } from "./summary_checksum.ts";
import { spellString } from "./summary_encoder.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The bytes of a summary that this package wrote, with another run's id. The
 * rest stays as it is: read and written again, keys such as `"7"` would move.
 */
export function renameSummary(bytes: Uint8Array, runId: string): Uint8Array {
  const text = decoder.decode(bytes);
  const rest = text.indexOf(",\n");
  const checksum = text.lastIndexOf(`"${CHECKSUM_KEY}"`);
  const covered = `{\n  "run_id": ${spellString(runId)}${
    text.slice(rest, checksum)
  }`;
  const stamp = xxh32(encoder.encode(covered));
  return encoder.encode(`${covered}"${CHECKSUM_KEY}": "${stamp}"\n}`);
}
