import { LatencyCollector } from "../../../mod.ts";
import type { Bench } from "./_sandbox.ts";
import { given, type HostileCase } from "./_case.ts";

const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toString",
  "valueOf",
  "toJSON",
  "then",
  "length",
  "0",
  "7",
  "4294967294",
  "4294967295",
  "-1",
  "1e3",
  "=1+1",
  'a,"b"',
  "ünï🛰️\u2028",
];

/** In this order an object would not keep them. */
function orderWith(name: string): string[] {
  return ["zeta", name, "12", "alpha", "3"];
}

function collect(names: readonly string[], field: Field): LatencyCollector {
  const collector = new LatencyCollector({ clock: () => 1770645801 });
  for (const [index, name] of names.entries()) {
    collector.record({
      metricType: "fault_detection",
      satelliteId: "SAT1",
      durationMs: index + 0.5,
      scenarioTimeS: index,
      [field]: name,
    });
  }
  return collector;
}

type Field = "metricType" | "satelliteId";

const KEPT: Readonly<Record<Field, "metricTypes" | "satelliteIds">> = {
  metricType: "metricTypes",
  satelliteId: "satelliteIds",
};

/** The order of the names in the text of a file. */
function orderIn(text: string, spelled: ReadonlyMap<string, string>): string[] {
  return [...spelled].map(([name, spelling]) => ({
    name,
    at: text.indexOf(spelling),
  })).filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)
    .map(({ name }) => name);
}

async function roundTrip(
  bench: Bench,
  names: readonly string[],
  field: Field,
): Promise<unknown> {
  const storage = bench.storage();
  const { raw, summary } = await storage.saveLatencyStats(
    collect(names, field),
  );
  await bench.storage("other").saveLatencyStats(collect(names, field));
  const loaded = await storage.loadMeasurements();
  const metrics = await storage.getRunMetrics({ useCache: false });
  const table = field === "metricType"
    ? metrics!.stats
    : metrics!.stats_by_satellite;
  const { metrics: compared } = await storage.compareRuns("other");
  const text = await Deno.readTextFile(summary);
  const part = text.slice(
    text.indexOf(field === "metricType" ? '"stats"' : '"stats_by_satellite"'),
  );
  return {
    inCsv: orderIn(
      await Deno.readTextFile(raw),
      new Map(names.map((name) => [name, `,${quoted(name)},`])),
    ),
    inSummary: orderIn(
      part,
      new Map(names.map((name) => [name, `${escaped(name)}: {`])),
    ),
    loaded: loaded[KEPT[field]],
    rows: [...loaded.measurements].map((it) => it[field]),
    own: names.filter((name) => Object.hasOwn(table, name)),
    compared: Object.keys(compared).length,
    ok: (await storage.verifyRun()).ok,
    untouched: Object.keys(Object.prototype),
  };
}

function quoted(name: string): string {
  return /[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function escaped(name: string): string {
  return JSON.stringify(name).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export const NAME_CASES: readonly HostileCase[] = (
  ["metricType", "satelliteId"] as const
).flatMap((field) =>
  NAMES.map((name): HostileCase => {
    const names = orderWith(name);
    return {
      name: `the ${field} ${JSON.stringify(name)} keeps its data and order`,
      wanted: given({
        inCsv: names,
        inSummary: names,
        loaded: names,
        rows: names,
        own: names,
        compared: field === "metricType" ? names.length : 1,
        ok: true,
        untouched: [],
      }),
      run: (bench) => roundTrip(bench, names, field),
    };
  })
);
