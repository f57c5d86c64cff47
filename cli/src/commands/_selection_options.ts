import type { ListRunsOptions } from "@astraguard/hil-metrics";

/** Options of commands that select runs. */
export interface SelectionOptions {
  readonly limit: number;
  readonly orderBy: "mtime" | "name";
  readonly prefix?: string;
  readonly label?: Record<string, string>;
  readonly since?: Date;
  readonly until?: Date;
}

/** The same as a listing takes them. */
export function listingOf(
  { limit, orderBy, prefix, label, since, until }: SelectionOptions,
): ListRunsOptions {
  return {
    ...{ limit, orderBy },
    ...(prefix !== undefined && { prefix }),
    ...(label && { labels: label }),
    ...(since && { since }),
    ...(until && { until }),
  };
}
