import { DatabaseSync } from "node:sqlite";
import { MetricsStorage } from "../../../mod.ts";
import {
  type CatalogPaths,
  catalogPaths,
} from "../../../src/catalog/_catalog_paths.ts";
import { CatalogDatabase } from "../../../src/catalog/_database.ts";
import { newestRuns } from "../../../src/catalog/_newest_runs.ts";
import { putting } from "../../../src/catalog/_rows.ts";
import { withWriter } from "../../../src/catalog/_writer.ts";
import {
  type HistoryOptions,
  RunCatalog,
  type RunSearch,
} from "../../../src/catalog/mod.ts";
import { systemFiles } from "../../../src/disk/file_operations.ts";
import { metricStats, summaryOf } from "../../lib/data/metric_stats.ts";
import { makeRunDirectories } from "../../lib/data/run_directories.ts";
import { race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";

/** The large catalog is of so many times as many runs as are listed. */
const TIMES_AS_LARGE = 100;

const LIMIT = 10;
const HISTORY_LIMIT = 1000;
const RUNS_AT_ONCE = 1000;

const NEWEST = `select key from runs where mtime_ms is not null
  order by mtime_ms desc, key desc limit ?`;

const HISTORY = `select mtime_ms, key, p95_ms, count from figures
  where type = ? order by mtime_ms desc, key desc limit ?`;

function runIdOf(index: number): string {
  return `run_${String(index).padStart(7, "0")}`;
}

function numbersOf(runIds: readonly string[]): number[] {
  return runIds.map((id) => Number(id.slice("run_".length)));
}

/** Enters runs that have no directory: a million of those take too long. */
async function fill(paths: CatalogPaths, count: number): Promise<void> {
  const files = systemFiles();
  const metrics = summaryOf(metricStats(1, 1));
  await withWriter(paths, files, { timeoutMs: 0 }, async (writer) => {
    await writer.unseal();
    using db = new CatalogDatabase(paths.database, false);
    for (let first = 0; first < count; first += RUNS_AT_ONCE) {
      await db.write(() => {
        for (let i = first; i < Math.min(count, first + RUNS_AT_ONCE); i++) {
          const operations = putting(db, {
            ...{ runId: runIdOf(i), mtimeMs: 1.7e12 + i * 1000, metrics },
            ...{ stamp: `${i}:2000:1`, isSettled: true, isPending: false },
          });
          for (const [sql, ...values] of operations) db.run(sql, ...values);
        }
      });
    }
    await db.write(() => db.changeMeta(() => ({ runCount: count })));
    await writer.seal();
  });
}

async function opened(resultsDir: string): Promise<RunCatalog> {
  const catalog = RunCatalog.open(resultsDir);
  await catalog.refresh();
  return catalog;
}

function recent(catalog: RunCatalog): Racer {
  return {
    run: () => catalog.recentRuns({ limit: LIMIT }),
    answer: async () => {
      const { rows, freshness } = await catalog.recentRuns({ limit: LIMIT });
      if (freshness !== "fresh") throw new Error(`the catalog is ${freshness}`);
      return numbersOf(rows.map(({ runId }) => runId));
    },
  };
}

/** What the query alone takes, as SQLite's user would write it. */
function barely(db: DatabaseSync): Racer {
  const statement = db.prepare(NEWEST);
  const all = () => statement.all(LIMIT).map(({ key }) => key as string);
  return { run: all, answer: () => numbersOf(all()) };
}

async function large(context: RowContext): Promise<RivalFigure[]> {
  const count = context.runs * TIMES_AS_LARGE;
  const resultsDir = `${context.directory}/large`;
  await Deno.mkdir(resultsDir);
  (await opened(resultsDir))[Symbol.dispose]();
  const paths = catalogPaths(resultsDir);
  await fill(paths, count);
  using catalog = await opened(resultsDir);
  using own = new CatalogDatabase(paths.database, true);
  using bare = new DatabaseSync(paths.database, { readOnly: true });
  const history = bare.prepare(HISTORY);
  const of = `${count.toLocaleString("en")} runs`;
  const search: RunSearch = {
    ...{ limit: LIMIT, orderBy: "mtime" as const, prefix: "" },
    ...{ sinceMs: -Infinity, untilMs: Infinity, labels: undefined },
  };
  const query = () => own.read(() => newestRuns(search)()(own)!);
  const wanted: HistoryOptions = {
    metricType: "fault_detection",
    figure: "p95_ms",
    limit: HISTORY_LIMIT,
  };
  return [
    ...await race({
      what: `catalog: recent 10 of ${of}, without the look`,
      package: {
        run: query,
        answer: () => numbersOf(query().map(({ runId }) => runId)),
      },
      goalMs: 0.010,
      rivals: { "bare prepared query": barely(bare) },
    }, context),
    ...await race({
      what: `catalog: recent 10 of ${of}, with the look`,
      package: recent(catalog),
      goalMs: 0.025,
      rivals: { "bare prepared query": barely(bare) },
    }, context),
    ...await race({
      what: `catalog: recent 10 of ${of}, from opening`,
      package: {
        run: async () => {
          using fresh = RunCatalog.open(resultsDir);
          return await fresh.recentRuns({ limit: LIMIT });
        },
      },
      goalMs: 1,
      rivals: {
        "bare open and query": {
          run: () => {
            using db = new DatabaseSync(paths.database, { readOnly: true });
            return db.prepare(NEWEST).all(LIMIT);
          },
        },
      },
    }, context),
    ...await race({
      what: `catalog: history of 1,000 of ${of}`,
      package: {
        run: () => catalog.history(wanted),
        answer: async () =>
          numbersOf((await catalog.history(wanted)).rows.map((it) => it.runId)),
      },
      rivals: {
        "bare prepared query": {
          run: () => history.all("fault_detection", HISTORY_LIMIT),
          answer: () =>
            numbersOf(
              history.all("fault_detection", HISTORY_LIMIT)
                .map(({ key }) => key as string),
            ),
        },
      },
    }, context),
  ];
}

async function besideListing(context: RowContext): Promise<RivalFigure[]> {
  const { runs } = context;
  const resultsDir = `${context.directory}/results`;
  await makeRunDirectories(resultsDir, runs);
  const startMs = performance.now();
  using catalog = await opened(resultsDir);
  const builtMs = performance.now() - startMs;
  const list = () => MetricsStorage.getRecentRuns(resultsDir);
  const of = `${runs.toLocaleString("en")} runs`;
  return [
    { what: `catalog: made of ${of}`, unit: "ms", own: builtMs },
    ...await race({
      what: `catalog: recent 10 of ${of}, with the look`,
      package: recent(catalog),
      rivals: {
        listing: { run: list, answer: async () => numbersOf(await list()) },
      },
    }, context),
    ...await race({
      what: `catalog: refresh of ${of}, deep`,
      package: { run: () => catalog.refresh({ deep: true }) },
      rivals: { listing: { run: list } },
    }, context),
  ];
}

/** Answers of a catalog beside the bare query, and beside a listing. */
export const catalog: RivalRow = {
  name: "catalog",
  async measure(context) {
    return [...await besideListing(context), ...await large(context)];
  },
};
