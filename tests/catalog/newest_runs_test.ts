import { assertEquals } from "@std/assert";
import { CatalogDatabase } from "../../src/catalog/_database.ts";
import { newestRuns } from "../../src/catalog/_newest_runs.ts";
import { putting } from "../../src/catalog/_rows.ts";
import type { RunSearch } from "../../src/store/run_index.ts";
import { randomFrom } from "../evidence/processes/_random.ts";
import { withResultsDir } from "../_results_dir.ts";

/** Over several pages, and over what is tried by time. */
const RUNS = 4000;

const ALL: RunSearch = {
  limit: 10,
  orderBy: "mtime",
  prefix: "",
  sinceMs: -Infinity,
  untilMs: Infinity,
  labels: undefined,
};

const SEARCHES: Record<string, Partial<RunSearch>> = {
  "without a filter": {},
  "over several pages": { limit: 1500 },
  "with a frequent prefix": { prefix: "common" },
  "with a rare prefix": { prefix: "rare" },
  "with a rare prefix, all": { prefix: "rare", limit: Infinity },
  "with a prefix that none has": { prefix: "none" },
  "with a rare prefix in a range of time": {
    ...{ prefix: "rare", sinceMs: 200, untilMs: 800 },
  },
  "by name": { orderBy: "name", limit: 700 },
  "by name with a prefix": { orderBy: "name", prefix: "rare" },
  "by name in a range of time": {
    ...{ orderBy: "name", sinceMs: 200, untilMs: 300 },
  },
  "in a range of time": { sinceMs: 200, untilMs: 300, limit: Infinity },
};

Deno.test("newestRuns() finds, in pages, what sorting finds", () =>
  withResultsDir(async (directory) => {
    const random = randomFrom(3);
    const runs = Array.from({ length: RUNS }, (_, i) => ({
      runId: `${random() < 0.005 ? "rare" : "common"}_${i}`,
      mtimeMs: Math.floor(random() * 1000),
    }));
    using db = new CatalogDatabase(`${directory}/test.sqlite`, false);
    await db.write(() => {
      db.create({
        ...{ version: 1, directory: "", isComplete: 1, epoch: "", logFile: "" },
        ...{ consumedBytes: 0, seenBytes: 0, namesMs: null },
        ...{ runCount: 0, sequence: 1 },
      });
      for (const run of runs) {
        const operations = putting(db, {
          ...{ ...run, stamp: "", isPending: false, isSettled: true },
          metrics: undefined,
        });
        for (const [sql, ...values] of operations) db.run(sql, ...values);
      }
    });
    for (const [name, part] of Object.entries(SEARCHES)) {
      const search = { ...ALL, ...part };
      const step = newestRuns(search)();
      let found;
      do found = db.read(() => step(db)); while (found === undefined);
      const byName = (a: typeof runs[0], b: typeof runs[0]) =>
        a.runId < b.runId ? 1 : -1;
      const wanted = runs.filter(({ runId, mtimeMs }) =>
        runId.startsWith(search.prefix) && mtimeMs >= search.sinceMs &&
        mtimeMs < search.untilMs
      ).sort((a, b) =>
        (search.orderBy === "mtime" ? b.mtimeMs - a.mtimeMs : 0) || byName(a, b)
      ).slice(0, search.limit);
      assertEquals(found, wanted, name);
    }
  }));
