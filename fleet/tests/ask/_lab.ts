import { normal, seededRandom } from "../../../bench/lib/data/random.ts";
import { FleetReader } from "../../mod.ts";
import { PASSWORD, TestFleet } from "../_fleet.ts";
import { enterRuns, type MadeRun } from "./_made_runs.ts";

/** Servers that share benches, and the runs they hold. */
export class Lab implements AsyncDisposable {
  readonly fleets: readonly TestFleet[];
  /** Asks all of them as a reader. */
  readonly reader: FleetReader;

  private constructor(fleets: readonly TestFleet[]) {
    this.fleets = fleets;
    this.reader = readerOf(fleets);
  }

  /** Starts servers and gives each its share of the benches. */
  static async start(
    serverCount: number,
    runs: readonly MadeRun[],
  ): Promise<Lab> {
    const fleets = await Promise.all(
      Array.from({ length: serverCount }, () => TestFleet.start()),
    );
    const benchIds = [...new Set(runs.map(({ benchId }) => benchId))];
    await Promise.all(fleets.map(async ({ admin }, server) => {
      await admin`delete from fleet.benches`;
      await enterRuns(
        admin,
        runs.filter(({ benchId }) =>
          benchIds.indexOf(benchId) % serverCount === server
        ),
      );
      await admin`update fleet.benches set
        pushed_at = '2026-11-01T12:00:00Z', clock_ahead_ms = -12.5`;
      await admin`analyze`;
    }));
    return new Lab(fleets);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.reader[Symbol.dispose]();
    await Promise.all(this.fleets.map((it) => it[Symbol.asyncDispose]()));
  }
}

/** Asks servers as a reader. */
export function readerOf(fleets: readonly TestFleet[]): FleetReader {
  return new FleetReader(fleets.map(({ server }) => ({
    ...{ host: "127.0.0.1", port: server.port, database: "postgres" },
    ...{ user: "reader", password: PASSWORD, ca: server.ca },
  })));
}

const BENCHES = 13;
const RUNS = 9;
const START_MS = Date.UTC(2026, 6, 28);
const STEP_MS = 9.5 * 24 * 3600 * 1000;

/** The bench whose decisions take half as long again. */
export const SLOW_BENCH = "rig-05";

/** Runs of 13 benches from July to October, some at the same microsecond. */
export function madeRuns(): MadeRun[] {
  const random = seededRandom(7);
  return Array.from({ length: BENCHES * RUNS }, (_, i) => {
    const bench = i % BENCHES;
    const run = Math.floor(i / BENCHES);
    const benchId = `rig-${`${bench}`.padStart(2, "0")}`;
    const at = new Date(START_MS + run * STEP_MS).toISOString();
    const factor = benchId === SLOW_BENCH ? 1.5 : normal(random, 1, 0.01);
    const durations = (centreMs: number) =>
      Array.from(
        { length: 40 + bench },
        () => centreMs * Math.exp(normal(random, 0, 0.3)),
      );
    return {
      benchId,
      runId: `run_${run}`,
      savedAt: at.replace("Z", `${100 + bench % 3}Z`),
      labels: run % 2 === 0
        ? { firmware: "2.1", shift: "night", bench: benchId }
        : { firmware: "2.0" },
      incomplete: i % 10 === 3,
      durationsMs: {
        fault_detection: {
          SAT1: durations(75),
          SAT2: [...durations(80), 0, -0.5],
          "SÄT'3\"": durations(0.001),
        },
        agent_decision: { SAT1: durations(130 * factor) },
      },
    };
  });
}
