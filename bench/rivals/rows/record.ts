import { getHeapStatistics } from "node:v8";
import { LatencyCollector } from "../../../mod.ts";
import { median } from "../../lib/measure/bootstrap.ts";
import { collectGarbage } from "../collect_garbage.ts";
import { type Race, race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";

type Record = (i: number) => void;

interface Recorder {
  record: Record;
  reset: () => void;
}

const PER_CALL = 100_000;
const GOAL_MS = 40e-6;
/** What recording may take, relative to asking what time it is and no more. */
const CLOCK_GOAL = 1.5;
/** A block of the columns has headers; garbage would be tens of bytes. */
const GOAL_HEAP_BYTES = 0.5;

const SATELLITE_IDS = ["SAT1", "SAT2", "SAT3", "SAT4", "SAT5"] as const;

function withTimestamp(): Recorder {
  const collector = new LatencyCollector();
  return {
    record: (i) =>
      collector.record({
        metricType: "fault_detection",
        satelliteId: SATELLITE_IDS[i % 5]!,
        durationMs: i / 7,
        scenarioTimeS: i / 10,
        timestamp: 1_770_624_000 + i / 10,
      }),
    reset: () => collector.reset(),
  };
}

function withClock(): Recorder {
  const collector = new LatencyCollector();
  return {
    record: (i) =>
      collector.recordFaultDetection(SATELLITE_IDS[i % 5]!, i / 10, i / 7),
    reset: () => collector.reset(),
  };
}

function withObjects(now: (i: number) => number): Recorder {
  let measurements: unknown[] = [];
  return {
    record: (i) => {
      measurements.push({
        timestamp: now(i),
        metricType: "fault_detection",
        satelliteId: SATELLITE_IDS[i % 5]!,
        durationMs: i / 7,
        scenarioTimeS: i / 10,
      });
    },
    reset: () => measurements = [],
  };
}

/** The least that a timestamp to the microsecond takes. */
function clockAlone(): Recorder {
  const latest = new Float64Array(1);
  return { record: () => latest[0] = performance.now(), reset: () => {} };
}

function racer({ record, reset }: Recorder): Racer {
  return {
    run: () => {
      reset();
      for (let i = 0; i < PER_CALL; i++) record(i);
    },
  };
}

/** By how much the heap grows once the code is compiled. */
function heapGrowth(
  what: string,
  { run }: Racer,
  { rounds }: RowContext,
): RivalFigure {
  const growths: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    collectGarbage();
    const before = getHeapStatistics().used_heap_size;
    run();
    growths.push(
      Math.max(0, getHeapStatistics().used_heap_size - before) / PER_CALL,
    );
  }
  return {
    what: `${what}: growth of the heap`,
    unit: "bytes",
    own: median(growths.slice(1)),
    goal: GOAL_HEAP_BYTES,
  };
}

/** Recording one measurement. */
export const record: RivalRow = {
  name: "record",
  async measure(context) {
    const figures: RivalFigure[] = [];
    const compare = async (
      what: string,
      recorder: () => Recorder,
      goalMs: number | undefined,
      rivals: Race["rivals"],
    ) => {
      const unitsPerCall = PER_CALL;
      const own = racer(recorder());
      figures.push(
        ...await race({
          what,
          package: own,
          rivals,
          unitsPerCall,
          ...goalMs !== undefined && { goalMs },
        }, context),
        heapGrowth(what, own, context),
      );
    };
    await compare("record, given timestamp", withTimestamp, GOAL_MS, {
      "array of objects": racer(withObjects((i) => i / 10)),
    });
    await compare("record, default clock", withClock, undefined, {
      "array of objects": racer(withObjects(() => Date.now() / 1000)),
      "performance.now() alone": { ...racer(clockAlone()), goal: CLOCK_GOAL },
    });
    return figures;
  },
};
