import type { ClaimedGain } from "./judge/verdict.ts";

/** A figure of the report, and what puts it to the test. */
export interface Claim {
  /** What is said to gain. */
  name: string;
  /** Where the report says it. */
  sections: readonly string[];
  /** The figure as the report gives it. */
  wording: string;
  /** The gain it means, of its "after" over its "before". */
  claimed: ClaimedGain;
  /** The case, its size and what it costs there. */
  test: {
    case: string;
    size: number;
    /** One of the counts of the case; time unless said otherwise. */
    cost?: string;
  };
}

const SUMMARY = "Executive Summary";
const SCENARIO_1 = "Scenario 1: Small Metrics Files";
const SCENARIO_2 = "Scenario 2: Medium Metrics Files";
const SCENARIO_3 = "Scenario 3: Large Metrics Files + Many Runs";
const SCENARIO_4 = "Scenario 4: Repeated Operations";
const PARALLEL = "Bottleneck 1: Sequential I/O";
const EAFP = "Bottleneck 2: Redundant Filesystem Calls";
const CACHING = "Bonus 3: Caching";
const UNION = "Bottleneck 4: Inefficient Set Creation";
const LOOKUPS = "Bottleneck 5: Pre-extracting Dict Values";
const SORTING = "Bottleneck 6: Inefficient Sorting";

/** The report rounds to five per cent, so a lone figure is good to a half. */
const ROUNDED_BY = 2.5;
/** It gives 67, 95 and 99 % to the per cent. */
const TO_THE_PERCENT = 0.5;

function percent(low: number, high: number): ClaimedGain {
  return { unit: "%", low, high };
}

function about(percentage: number, by: number = ROUNDED_BY): ClaimedGain {
  return percent(percentage - by, percentage + by);
}

function times(low: number, high: number): ClaimedGain {
  return { unit: "×", low, high };
}

/**
 * Every comparison of the report that has a figure, in its order.
 *
 * Its absolute times are not among them: they say how fast its machine was.
 */
export const CLAIMS: readonly Claim[] = [
  {
    name: "Save 1,000, in parallel",
    sections: [PARALLEL],
    wording: "~5 %",
    claimed: about(5),
    test: { case: "save", size: 1_000 },
  },
  {
    name: "Save 1,000, small files",
    sections: [SCENARIO_1],
    wording: "5-10 %",
    claimed: percent(5, 10),
    test: { case: "save", size: 1_000 },
  },
  {
    name: "Save 5,000, in parallel",
    sections: [PARALLEL],
    wording: "~20 %",
    claimed: about(20),
    test: { case: "save", size: 5_000 },
  },
  {
    name: "Save 5,000, medium files",
    sections: [SCENARIO_2],
    wording: "25-35 %",
    claimed: percent(25, 35),
    test: { case: "save", size: 5_000 },
  },
  {
    name: "Save 10,000, in parallel",
    sections: [SUMMARY, PARALLEL],
    wording: "30-50 %",
    claimed: percent(30, 50),
    test: { case: "save", size: 10_000 },
  },
  {
    name: "Save 10,000, large files",
    sections: [SCENARIO_3],
    wording: "40-50 %",
    claimed: percent(40, 50),
    test: { case: "save", size: 10_000 },
  },
  {
    name: "Save 100,000, in parallel",
    sections: [PARALLEL],
    wording: "~30-50 %",
    claimed: percent(30, 50),
    test: { case: "save", size: 100_000 },
  },
  {
    name: "Read without asking first",
    sections: [SUMMARY, EAFP],
    wording: "5-10 %",
    claimed: percent(5, 10),
    test: { case: "read", size: 5_000 },
  },
  {
    name: "Read from the cache",
    sections: [SUMMARY, SCENARIO_1, SCENARIO_2, SCENARIO_3],
    wording: "99 %",
    claimed: about(99, TO_THE_PERCENT),
    test: { case: "cached", size: 100 },
  },
  {
    name: "Read repeatedly",
    sections: [CACHING, SCENARIO_4],
    wording: "100-500x",
    claimed: times(100, 500),
    test: { case: "cached", size: 100 },
  },
  {
    name: "Union of sets",
    sections: [UNION],
    wording: "~3-5 %",
    claimed: percent(3, 5),
    test: { case: "union", size: 3 },
  },
  {
    name: "Union of sets, bytes",
    sections: [UNION],
    wording: "5 % fewer",
    claimed: about(5),
    test: { case: "union", size: 3, cost: "allocatedBytes" },
  },
  {
    name: "Values looked up once",
    sections: [LOOKUPS],
    wording: "3-5 %",
    claimed: percent(3, 5),
    test: { case: "lookups", size: 3 },
  },
  {
    name: "Values once, lookups",
    sections: [LOOKUPS],
    wording: "~67 % (4 vs 12)",
    claimed: about(67, TO_THE_PERCENT),
    test: { case: "lookups", size: 3, cost: "lookups" },
  },
  {
    name: "Top 10 of 100 by heap",
    sections: [SORTING],
    wording: "~5 %",
    claimed: about(5),
    test: { case: "recent", size: 100 },
  },
  {
    name: "Top 10 of 1,000 by heap",
    sections: [SORTING],
    wording: "~30 %",
    claimed: about(30),
    test: { case: "recent", size: 1_000 },
  },
  {
    name: "Top 10 of 1,000, many runs",
    sections: [SCENARIO_3],
    wording: "50-80 %",
    claimed: percent(50, 80),
    test: { case: "recent", size: 1_000 },
  },
  {
    name: "Top 10 of 10,000 by heap",
    sections: [SUMMARY, SORTING],
    wording: "50-80 %",
    claimed: percent(50, 80),
    test: { case: "recent", size: 10_000 },
  },
  {
    name: "Top 10 of 10,000 by catalog",
    sections: [SUMMARY, SORTING],
    wording: "50-80 %",
    claimed: percent(50, 80),
    test: { case: "recent-catalog", size: 10_000 },
  },
  {
    name: "Top 10, comparisons",
    sections: [SORTING],
    wording: "4x fewer",
    claimed: times(3.5, 4.5),
    test: { case: "recent", size: 10_000, cost: "comparisons" },
  },
  {
    name: "Compare runs of 1,000",
    sections: [SCENARIO_1],
    wording: "2-3 %",
    claimed: percent(2, 3),
    test: { case: "compare", size: 1_000 },
  },
  {
    name: "Compare runs of 5,000",
    sections: [SUMMARY, SCENARIO_2],
    wording: "5-8 %",
    claimed: percent(5, 8),
    test: { case: "compare", size: 5_000 },
  },
  {
    name: "Compare runs of 10,000",
    sections: [SCENARIO_3],
    wording: "8-12 %",
    claimed: percent(8, 12),
    test: { case: "compare", size: 10_000 },
  },
  {
    name: "Compare repeatedly",
    sections: [SCENARIO_4],
    wording: "200-500x",
    claimed: times(200, 500),
    test: { case: "compare-again", size: 5_000 },
  },
  {
    name: "Scenario 1 overall",
    sections: [SCENARIO_1],
    wording: "~10 %",
    claimed: about(10),
    test: { case: "scenario-1", size: 1_000 },
  },
  {
    name: "Scenario 2 overall",
    sections: [SCENARIO_2],
    wording: "~25 %",
    claimed: about(25),
    test: { case: "scenario-2", size: 5_000 },
  },
  {
    name: "Typical workload overall",
    sections: [SUMMARY],
    wording: "20-40 %",
    claimed: percent(20, 40),
    test: { case: "scenario-2", size: 5_000 },
  },
  {
    name: "Scenario 3 overall",
    sections: [SCENARIO_3],
    wording: "~35-45 %",
    claimed: percent(35, 45),
    test: { case: "scenario-3", size: 10_000 },
  },
  {
    name: "Scenario 4 overall",
    sections: [SUMMARY, SCENARIO_4],
    wording: "~95 %",
    claimed: about(95),
    test: { case: "scenario-4", size: 100 },
  },
];
