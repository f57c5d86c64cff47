import type { RunStore } from "@astraguard/hil-metrics";
import { UsageError } from "../terminal/usage_error.ts";

/**
 * Requires runs of which none is a copy of another: copies are as alike as no
 * two runs are, and would make a bench look calmer than it is. Measurements of
 * two runs are never the same to the microsecond.
 *
 * @throws {UsageError} One is a copy.
 */
export async function requireDistinct(
  store: RunStore,
  runIds: readonly string[],
): Promise<void> {
  const found = new Map<string, string>();
  for (const runId of runIds) {
    const stamp = (await store.run(runId).getRunMetrics())?.raw_csv;
    if (stamp === undefined) continue;
    const key = `${stamp.size_bytes} ${stamp.xxh32}`;
    const other = found.get(key);
    if (other !== undefined) {
      throw new UsageError(`Run "${runId}" is a copy of run "${other}"`);
    }
    found.set(key, runId);
  }
}
