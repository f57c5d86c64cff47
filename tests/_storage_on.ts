import type {
  MetricsStorage,
  RunStore,
  RunStoreOptions,
} from "@astraguard/hil-metrics";
import {
  type FileOperations,
  systemFiles,
} from "../src/disk/file_operations.ts";
import { storageIn } from "../src/store/metrics_storage.ts";
import { ResultsDirectory } from "../src/store/results_directory.ts";
import { storeOver } from "../src/store/run_store.ts";

/** A storage that goes through file operations of the test's own. */
export function storageOn(
  files: FileOperations,
  runId: string,
  { resultsDir, ...options }: RunStoreOptions & { resultsDir: string },
): MetricsStorage {
  return storageIn(new ResultsDirectory(resultsDir, options, files), runId);
}

/** A store that goes through file operations of the test's own. */
export function storeOn(
  files: FileOperations,
  resultsDir: string,
  options: RunStoreOptions = {},
): RunStore {
  return storeOver(new ResultsDirectory(resultsDir, options, files));
}

/** The system's file operations, but for those given. */
export function systemFilesWith(
  changed: Partial<FileOperations>,
): FileOperations {
  return { ...systemFiles(), ...changed };
}
