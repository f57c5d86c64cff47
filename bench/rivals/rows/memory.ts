import type { RivalFigure, RivalRow } from "../rival_row.ts";
import { processModule, runProcess } from "../run_process.ts";

const GOAL_PER_MEASUREMENT_BYTES = 32;
const GOAL_EXTRA_BYTES = 16e6;

/** The memory of recording, saving and loading, in a process of its own. */
export const memory: RivalRow = {
  name: "memory",
  async measure({ rows, directory }) {
    const found = JSON.parse(
      await runProcess(processModule("memory.ts"), [`${rows}`, directory], [
        "--v8-flags=--expose-gc",
      ]),
    ) as Record<string, number>;
    const size = `${rows.toLocaleString("en")} rows`;
    const figure = (
      what: string,
      own: number,
      goal: number,
    ): RivalFigure => ({ what, unit: "bytes", own, goal });
    return [
      figure(
        `memory a measurement, of ${size}`,
        found.perMeasurementBytes!,
        GOAL_PER_MEASUREMENT_BYTES,
      ),
      figure(
        `extra memory of a save, ${size}: heap and buffers`,
        found.saveBytes!,
        GOAL_EXTRA_BYTES,
      ),
      figure(
        `extra memory of a save, ${size}: resident`,
        found.saveRssBytes!,
        GOAL_EXTRA_BYTES,
      ),
      figure(
        `extra memory of a load, ${size}: heap and buffers`,
        found.loadBytes!,
        GOAL_EXTRA_BYTES,
      ),
      figure(
        `extra memory of a load, ${size}: resident`,
        found.loadRssBytes!,
        GOAL_EXTRA_BYTES,
      ),
    ];
  },
};
