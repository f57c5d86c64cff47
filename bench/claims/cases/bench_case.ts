import type { Form } from "../../lib/measure/form.ts";
import type {
  OriginalOperation,
  OriginalVersion,
} from "../original/original.ts";

/**
 * The ways to do the work of a case, which all come to the same. The first is
 * what the others are held against; `package` is this package. Where the report
 * makes a claim there are its `before`, which comes first, and its `after`.
 */
export type Forms = Readonly<Record<string, Form>>;

/** What is counted rather than timed, such as comparisons, by form. */
export type Counts = Record<string, Record<string, number>>;

/** How the Python original does the work of a case. */
export interface OriginalWork {
  /** The work as one of its versions does it. */
  operation?: (
    version: OriginalVersion,
  ) => OriginalOperation | Promise<OriginalOperation>;
  /** What returns a count, by what is counted. */
  counts?: Readonly<Record<string, OriginalOperation>>;
}

/** A case made ready at one size. */
export interface Workload {
  forms: Forms;
  counts?: Counts;
  original?: OriginalWork;
}

/** What a case is made ready with. */
export interface Preparation {
  /** The size to make it ready at. */
  size: number;
  /** An empty directory of its own. */
  directory: string;
}

/** Work, and every way to do it. */
export interface BenchCase {
  /** What one types to run only this case. */
  name: string;
  /** What it does at a size, such as "save 1,000 measurements". */
  title: (size: number) => string;
  /** The sizes that are measured; of the report, where it speaks of the work. */
  sizes: readonly number[];
  /** Whether it touches no file and so needs no permission. */
  inMemory?: true;
  /** Makes it ready. */
  prepare: (preparation: Preparation) => Workload | Promise<Workload>;
}

/** A case and a size to measure it at. */
export interface SuiteStep {
  benchCase: BenchCase;
  size: number;
}

/** The form that the others are held against. */
export function baselineOf(forms: Readonly<Record<string, unknown>>): string {
  return Object.keys(forms)[0]!;
}
