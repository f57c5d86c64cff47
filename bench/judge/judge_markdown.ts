import { markdownTable, type Table, textTable } from "../lib/report/table.ts";
import { goalsOf } from "./judge_goals.ts";
import type { DesignReport, HistoryReport } from "./judge_report.ts";
import { RIVALS } from "./rivals.ts";
import { ALL_SLOW_DOWNS } from "./run_pool.ts";
import type { SpeedFigure } from "./speed.ts";

/** All that a campaign found. */
export interface JudgeReport {
  readonly judgements: number;
  readonly histories: number;
  readonly seed: number;
  readonly designs: readonly DesignReport[];
  readonly trends: readonly HistoryReport[];
  readonly speed: readonly SpeedFigure[];
}

interface Section {
  readonly title: string;
  readonly note: string;
  readonly table: Table;
}

/** The report for a terminal. */
export function judgeText(report: JudgeReport): string {
  return sectionsOf(report)
    .map(({ title, note, table }) => `${title}\n${note}\n\n${textTable(table)}`)
    .join("\n\n");
}

/** The report as `bench/JUDGE.md`. */
export function judgeMarkdown(report: JudgeReport): string {
  const sections = sectionsOf(report).map(({ title, note, table }) =>
    `## ${title}\n\n${note}\n\n${markdownTable(table)}`
  );
  return `# What the judge finds, and what it does not

\`deno task bench:judge --results\` makes this file: ${
    count(report.judgements)
  } judgements of each design and slow-down, ${
    count(report.histories)
  } histories of each kind, seed ${report.seed}; Deno ${Deno.version.deno}. A
judgement is drawn from a pool of unchanged runs, no run twice; the same seed
gives the same figures. Simulated runs are log-normal, three metrics of three
satellites, 400 measurements each. Real ones are those of the project's own
demo bench, resampled, so that their judgements have runs in common:
\`bench-runs\` are those of the tests; \`busy-machine\`, given by \`--runs\` too, are
45 of 6 s, taken while two processors had six other processes to run, and not
kept: there a false alarm is as rare, nothing can be found, and nothing passes.
With one candidate hardly anything passes: it takes three to know a p95.

${sections.join("\n\n")}
`;
}

function sectionsOf(report: JudgeReport): Section[] {
  const { designs, trends, speed } = report;
  const twoStage = designs.filter((it) => it.twoStage !== undefined);
  const sections: Section[] = [
    {
      title: "Goals",
      note: "The worst of all figures that a goal is about.",
      table: {
        head: ["goal", "worst", "met"],
        rows: goalsOf(designs, trends)
          .map(({ text, worst, isMet }) => [text, worst, isMet ? "yes" : "no"]),
        right: [1],
      },
    },
    {
      title: "Unchanged runs",
      note:
        `Per cent of judgements. An alarm is any row of any metric, satellite
or figure that changed either way; other rules look at three metrics alone.
K baselines, C candidates, N calibration runs.`,
      table: {
        head: [
          "noise",
          "K, C, N",
          "alarm",
          "regressed",
          "pass",
          "suspicious",
          ...RIVALS.map(({ name }) => name),
        ],
        rows: designs.map((it) => {
          const { alarm, regressed, pass, suspicious } = it.rates.none!;
          return [
            ...nameOf(it),
            ...[alarm, regressed, pass, suspicious].map(percent),
            ...RIVALS.map((_, i) => percent(it.rivals.none?.[i])),
          ];
        }),
        right: [2, 3, 4, 5, ...RIVALS.map((_, i) => 6 + i)],
      },
    },
    {
      title: "Slow-downs of decisions",
      note: `Per cent of judgements in which a row of decisions regressed; for
other rules, in which they say that anything changed. A tail is what lies above
the p95 of a series.`,
      table: {
        head: [
          "noise",
          "K, C, N",
          ...ALL_SLOW_DOWNS.slice(1),
          ...RIVALS.map(({ name }) => `+10 %: ${name}`),
        ],
        rows: designs.map((it) => [
          ...nameOf(it),
          ...ALL_SLOW_DOWNS.slice(1).map((name) =>
            percent(it.rates[name]!.found)
          ),
          ...RIVALS.map((_, i) => percent(it.rivals["+10 %"]?.[i])),
        ]),
        right: [2, 3, 4, 5, ...RIVALS.map((_, i) => 6 + i)],
      },
    },
    {
      title: "Agents that really were slower",
      note: `Candidates are runs of an agent that took that much more work; the
verdict, in per cent of judgements.`,
      table: {
        head: ["noise", "K, C, N", "set", "row of decisions", "regressed"],
        rows: designs.flatMap((it) =>
          Object.entries(it.rates)
            .filter(([name]) => !(ALL_SLOW_DOWNS as string[]).includes(name))
            .map(([name, { found, regressed }]) => [
              ...nameOf(it),
              name,
              percent(found),
              percent(regressed),
            ])
        ),
        right: [3, 4],
      },
    },
    {
      title: "One candidate, and two more where it looks suspicious",
      note: "Per cent of judgements, ten baselines.",
      table: {
        head: [
          "noise",
          "false alarms",
          ...ALL_SLOW_DOWNS.slice(1).map((it) => `${it} found`),
        ],
        rows: twoStage.map((it) => [
          it.pool,
          percent(it.twoStage!.none!.alarm),
          ...ALL_SLOW_DOWNS.slice(1).map((name) =>
            percent(it.twoStage![name]!.found)
          ),
        ]),
        right: [1, 2, 3, 4, 5],
      },
    },
    {
      title: "Stated smallest changes",
      note: `How often the change that a row states is found when it is put into
it: 80 per cent are meant. Over the rows that most judgements have.`,
      table: {
        head: ["noise", "K, C, N", "rows", "least", "mean", "most"],
        rows: designs.filter((it) => it.stated !== undefined).map((it) => [
          ...nameOf(it),
          String(it.stated!.rows),
          percent(it.stated!.least),
          percent(it.stated!.mean),
          percent(it.stated!.most),
        ]),
        right: [2, 3, 4, 5],
      },
    },
    {
      title: "Histories of 100 runs",
      note: `Per cent of histories. The shift is one of three deviations between
runs; up and back lasts 15 to 30 runs.`,
      table: {
        head: [
          "rule",
          "runs",
          "unchanged, with a change",
          "shift within two runs",
          "up and back within two runs",
          "another one besides the shift",
        ],
        rows: trends.map((it) => [
          it.rule,
          it.kind,
          percent(it.alarms),
          percent(it.shift),
          percent(it.upAndBack),
          percent(it.besides),
        ]),
        right: [2, 3, 4, 5],
      },
    },
    {
      title: "Speed",
      note:
        `Milliseconds, the median of five; of work between two turns of the event
loop, and of the time between them, the most of all five.`,
      table: {
        head: ["what", "ms"],
        rows: speed.map(({ what, ms }) => [what, ms.toFixed(1)]),
        right: [1],
      },
    },
  ];
  return sections.filter(({ table }) => table.rows.length > 0);
}

function nameOf(
  { pool, design: { baselines, candidates, calibration } }: DesignReport,
): [string, string] {
  return [pool, `${baselines}, ${candidates}, ${calibration}`];
}

function percent(share: number | undefined): string {
  if (share === undefined) return "";
  const value = 100 * share;
  return value > 0 && value < 10 ? value.toFixed(2) : value.toFixed(0);
}

function count(value: number): string {
  return value.toLocaleString("en");
}
