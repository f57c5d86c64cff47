import type { BenchCase } from "./bench_case.ts";
import { cached } from "./cached.ts";
import { compare, compareAgain } from "./compare.ts";
import { load } from "./load.ts";
import { lookups } from "./lookups.ts";
import { read } from "./read.ts";
import { recent } from "./recent.ts";
import { recentCatalog } from "./recent_catalog.ts";
import { save } from "./save.ts";
import {
  manyLargeRuns,
  mediumRuns,
  repeatedReviews,
  smallRuns,
} from "./scenarios.ts";
import { union } from "./union.ts";

/** Every case: those of the report in its order, then others. */
export const ALL_CASES: readonly BenchCase[] = [
  save,
  read,
  cached,
  union,
  lookups,
  recent,
  recentCatalog,
  compare,
  compareAgain,
  smallRuns,
  mediumRuns,
  manyLargeRuns,
  repeatedReviews,
  load,
];
