import { MetricsStorage } from "../../../mod.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { race, type Racer } from "../race.ts";
import type { RivalRow } from "../rival_row.ts";
import { saveSync } from "../save_sync.ts";

function racer(
  directory: string,
  save: () => unknown,
  goal?: number,
): Racer {
  const timeMs = async (calls: number): Promise<number> => {
    let spentMs = 0;
    for (let i = 0; i < calls; i++) {
      const startMs = performance.now();
      await save();
      spentMs += performance.now() - startMs;
      Deno.removeSync(directory, { recursive: true });
    }
    return spentMs;
  };
  return {
    run: () => timeMs(1),
    timeMs,
    answer: async () => {
      await save();
      const { size } = Deno.statSync(`${directory}/latency_raw.csv`);
      Deno.removeSync(directory, { recursive: true });
      return [size];
    },
    ...goal !== undefined && { goal },
  };
}

/** A large save, in slices, beside its own synchronous form. */
export const largeSave: RivalRow = {
  name: "large-save",
  async measure(context) {
    const { rows, directory } = context;
    const collector = largeRun(rows);
    const storage = new MetricsStorage("run", {
      resultsDir: directory,
      durability: "none",
    });
    const sync = `${directory}/sync`;
    return await race({
      what: `save ${rows.toLocaleString("en")} rows, durability none`,
      package: racer(
        `${directory}/run`,
        () => storage.saveLatencyStats(collector),
      ),
      rivals: {
        "own synchronous form": racer(
          sync,
          () => saveSync(collector, sync),
          1.15,
        ),
      },
    }, context);
  },
};
