import { RunStore, type RunStoreOptions } from "@astraguard/hil-metrics";
import type { Context } from "../terminal/context.ts";
import { lazyZstd } from "./lazy_zstd.ts";

/** The store that a command is about. */
export function openStore(
  { resultsDir }: Context,
  options: RunStoreOptions = {},
): RunStore {
  return new RunStore(resultsDir, { codecs: [lazyZstd], ...options });
}
