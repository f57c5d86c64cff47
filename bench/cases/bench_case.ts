import type { Original } from "../original/original.ts";

/** One way to do the work of a case. */
export interface Form {
  /** Does the work once. */
  run: () => unknown;
  /** What the work came to, where what `run` returns does not say it. */
  answer?: (() => unknown) | undefined;
  /**
   * Times a number of runs itself, in milliseconds, because the work is done
   * in another process.
   */
  timeMs?: (calls: number) => Promise<number>;
}

/**
 * The ways to do the work of a case, which all come to the same: `before` and
 * `after` the report, the `package`, and others that put them in proportion.
 */
export interface Forms {
  before: Form;
  after: Form;
  package: Form;
  [name: string]: Form;
}

/** A case made ready at one size. */
export interface Workload {
  forms: Forms;
  /** What is counted rather than timed, such as comparisons, by form. */
  counts?: Record<string, Record<string, number>>;
}

/** What a case is made ready with. */
export interface Preparation {
  /** The size to make it ready at. */
  size: number;
  /** An empty directory of its own. */
  directory: string;
  /** The Python original, where there is one. */
  original: Original | undefined;
}

/** Work that the report speaks of, and every way to do it. */
export interface BenchCase {
  /** What one types to run only this case. */
  name: string;
  /** What it does at a size, such as "save 1,000 measurements". */
  title: (size: number) => string;
  /** The report's sizes. */
  sizes: readonly number[];
  /** Whether it touches no file and so needs no permission. */
  inMemory?: true;
  /** Makes it ready. */
  prepare: (preparation: Preparation) => Workload | Promise<Workload>;
}
