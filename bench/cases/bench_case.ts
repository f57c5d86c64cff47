/** One way to do the work of a case. */
export interface Form {
  /** Does the work once. */
  run: () => unknown;
  /** What the work came to, where what `run` returns does not say. */
  answer?: () => unknown;
  /**
   * Times a number of runs itself, in milliseconds, because the work is done
   * in another process.
   */
  timeMs?: (calls: number) => Promise<number>;
}

/** A case made ready at one size. */
export interface Workload {
  /**
   * The ways to do it by name: `before` and `after` the report, the `package`,
   * and others that put them in proportion.
   */
  forms: { before: Form; after: Form; package: Form; [name: string]: Form };
}

/** Work that the report speaks of, and every way to do it. */
export interface BenchCase {
  /** A word or two with hyphens, as one types it to run only this case. */
  name: string;
  /** What it does at a size, such as "save 1,000 measurements". */
  title: (size: number) => string;
  /** The report's sizes. */
  sizes: readonly number[];
  /** Makes it ready in an empty directory of its own. */
  prepare: (size: number, directory: string) => Workload | Promise<Workload>;
}
