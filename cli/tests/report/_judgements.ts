import type { Judgement, JudgementRow } from "@astraguard/hil-metrics/judge";
import { HOSTILE_TEXTS } from "./_hostile_texts.ts";

const ROW: JudgementRow = {
  metricType: "agent_decision",
  satelliteId: undefined,
  figure: "p95",
  baseline: 3.0312,
  candidate: 3.8702,
  change: 1.2768,
  interval: [1.2024, 1.3606],
  detectable: 1.2103,
  verdict: "regressed",
  reason: "+27.9 % (+20.2 % to +36.1 %), p 5.8e-6",
  isGating: true,
  budget: undefined,
};

/** A judgement with a row of each kind. */
export const REGRESSED: Judgement = {
  verdict: "regressed",
  reason: "agent_decision p95: +27.9 % (+20.2 % to +36.1 %), p 5.8e-6",
  isSuspicious: false,
  rows: [
    ROW,
    { ...ROW, budget: "agent_decision p(95)<3.5", interval: undefined },
    {
      ...ROW,
      metricType: "recovery_action",
      change: 0.998,
      interval: [0.97, 1.02],
      verdict: "equivalent",
      reason: "within 10 % either way",
    },
    {
      ...ROW,
      metricType: "recovery_action",
      figure: "p50",
      baseline: undefined,
      change: undefined,
      interval: undefined,
      detectable: undefined,
      verdict: "inconclusive",
      reason: "no baseline has it",
    },
    { ...ROW, satelliteId: "SAT1", figure: "tail", isGating: false },
    {
      ...ROW,
      satelliteId: "SAT2",
      figure: "max",
      candidate: 1234.5,
      interval: [1.1, Infinity],
      verdict: "improved",
      isGating: false,
    },
  ],
  attribution: [{
    metricType: "agent_decision",
    satelliteIds: ["SAT1"],
    figures: ["p95"],
    change: 1.2768,
    meanChangeMs: 0.685,
    shareOfChain: 0.18,
    text: "agent_decision (p95) of SAT1: up to +27.7 %, mean +0.685 ms",
  }],
  warnings: ["The runs are not interleaved: drift looks the same as a change"],
};

/** One in which nothing changed. */
export const PASS: Judgement = {
  verdict: "pass",
  reason: "No gating row regressed, and each would have found +50 %",
  isSuspicious: false,
  rows: [REGRESSED.rows[2]!],
  attribution: [],
  warnings: [],
};

/** One that can't tell, of a machine that was too busy while a row regressed. */
export const INCONCLUSIVE: Judgement = {
  ...REGRESSED,
  verdict: "inconclusive",
  reason: "The machine is too busy to measure",
  isSuspicious: true,
  attribution: [],
};

/** One whose every text is that of `HOSTILE_TEXTS`. */
export const HOSTILE: Judgement = {
  verdict: "regressed",
  reason: HOSTILE_TEXTS.join(" "),
  isSuspicious: false,
  rows: HOSTILE_TEXTS.map((text) => ({
    ...ROW,
    metricType: text,
    satelliteId: text,
    budget: text,
    reason: text,
  })),
  attribution: HOSTILE_TEXTS.map((text) => ({
    ...REGRESSED.attribution[0]!,
    text,
  })),
  warnings: HOSTILE_TEXTS,
};
