import type { Terminal } from "./terminal.ts";

/** What a command runs in. */
export interface Context {
  readonly terminal: Terminal;
  /** Where the runs are. */
  readonly resultsDir: string;
  /** Whether one JSON document is wanted instead of text for people. */
  readonly isJson: boolean;
}

/** Where runs are unless told otherwise. */
const DEFAULT_RESULTS_DIR = "results";

const RESULTS_VARIABLE = "HIL_METRICS_RESULTS";

/** The directory that was named, by an option or the environment. */
export function resultsDirOf(
  option: string | undefined,
  terminal: Terminal,
): string {
  return option ?? terminal.environment(RESULTS_VARIABLE) ??
    DEFAULT_RESULTS_DIR;
}
