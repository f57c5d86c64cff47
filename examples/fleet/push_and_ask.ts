/**
 * Pushes the runs of a results directory to its fleet, as the bench, and asks
 * as a reader for the percentiles of a metric over all benches, and when each
 * has pushed last. Servers and certificates are those of `PGHOST`, `PGPORT`,
 * `PGDATABASE` and `PGSSLROOTCERT`; logins are `PGUSER` with `PGPASSWORD`, and
 * `PGREADER` with `PGREADERPASSWORD`.
 *
 *     deno run --allow-net --allow-env=PG* --allow-read --allow-write=DIR \
 *       examples/fleet/push_and_ask.ts DIR METRIC
 *
 * @module
 */
import { RunStore } from "@astraguard/hil-metrics";
import { FleetClient, FleetReader } from "@astraguard/hil-metrics-fleet";

const [resultsDir, metricType] = Deno.args;
if (resultsDir === undefined || metricType === undefined) {
  console.error("Usage: push_and_ask.ts DIR METRIC");
  Deno.exit(2);
}

const { get } = Deno.env;
const caPath = get("PGSSLROOTCERT");
const server = {
  host: get("PGHOST") ?? "127.0.0.1",
  port: Number(get("PGPORT") ?? 5432),
  database: get("PGDATABASE") ?? "fleet",
  ...(caPath !== undefined && { ca: await Deno.readTextFile(caPath) }),
};

const bench = new FleetClient({
  ...server,
  user: get("PGUSER") ?? "",
  password: get("PGPASSWORD") ?? "",
});
const pushed = await bench.push(new RunStore(resultsDir), { blocks: true });
console.log(`${pushed.added} runs pushed`);

using fleet = new FleetReader({
  ...server,
  user: get("PGREADER") ?? "",
  password: get("PGREADERPASSWORD") ?? "",
});
const { percentiles, guarantee } = await fleet.percentiles({ metricType });
console.table(percentiles);
console.log(guarantee);
for (const { benchId, pushedAt } of await fleet.benches()) {
  console.log(`${benchId} pushed last at ${pushedAt.toISOString()}`);
}
