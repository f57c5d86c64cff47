import { assert, assertEquals, assertRejects } from "@std/assert";
import { migrate } from "../../src/schema/migrate.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "../../src/schema/migrations.ts";
import { asOwner } from "../../src/schema/roles.ts";
import { FleetError } from "../../src/model/fleet_error.ts";
import { TestFleet } from "../_fleet.ts";
import { serverTest, shared } from "../_server_test.ts";

/** Tables that every shard has whole, or that stay on the first server. */
const WITHOUT_BENCH = ["migrations", "settings"];

const fleet = shared(() => TestFleet.start());

/** The schema as it can be told from the server's own tables. */
async function shape(): Promise<unknown[]> {
  const rows = await fleet().admin`
    select 'column' as kind, c.relname || '.' || a.attname as name,
      format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
        || coalesce(pg_get_expr(d.adbin, d.adrelid), '') as what
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'fleet'::regnamespace and a.attnum > 0
    union all
    select 'index', indexname, indexdef from pg_indexes
    where schemaname = 'fleet'
    union all
    select 'policy', tablename || '.' || policyname,
      concat(roles, cmd, qual, with_check)
    from pg_policies where schemaname = 'fleet'
    union all
    select 'grants', relname, relacl::text from pg_class
    where relnamespace = 'fleet'::regnamespace
    order by 1, 2, 3`;
  return [...rows];
}

serverTest(
  "every key of a table of benches holds the bench, so that Citus can distribute by it",
  async () => {
    const keys = await fleet().admin<
      { table: string; name: string; kind: string; columns: string[] }[]
    >`
    select c.relname as table, i.relname as name, 'unique' as kind,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum = any (x.indkey)) as columns
    from pg_index x join pg_class c on c.oid = x.indrelid
    join pg_class i on i.oid = x.indexrelid
    where c.relnamespace = 'fleet'::regnamespace and x.indisunique
    union all
    select c.relname, k.conname, 'foreign',
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum = any (k.conkey))
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = 'fleet'::regnamespace and k.contype = 'f'
    order by 1, 2`;
    const ofBenches = keys.filter(({ table }) =>
      !WITHOUT_BENCH.includes(table)
    );
    assert(ofBenches.length >= 6);
    for (const { table, name, columns } of ofBenches) {
      assert(columns.includes("bench_id"), `${table}: ${name}`);
    }
  },
);

serverTest(
  "every table of benches has the bench in a column of one type, not null",
  async () => {
    const columns = await fleet().admin<{ name: string; type: string }[]>`
    select c.relname as name, format_type(a.atttypid, -1) || ' '
      || coalesce(l.collname, '') || ' ' || a.attnotnull as type
    from pg_class c left join pg_attribute a
      on a.attrelid = c.oid and a.attname = 'bench_id'
    left join pg_collation l on l.oid = a.attcollation
    where c.relnamespace = 'fleet'::regnamespace and c.relkind in ('r', 'p')`;
    for (const { name, type } of columns) {
      if (WITHOUT_BENCH.includes(name)) continue;
      assertEquals(type, "text C true", name);
    }
  },
);

serverTest("the schema has nothing that Citus cannot distribute", async () => {
  const found = await fleet().admin`
    select 'trigger' as kind, tgname as name from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'fleet'::regnamespace and not tgisinternal
    union all
    select 'exclusion or deferrable', conname from pg_constraint
    where connamespace = 'fleet'::regnamespace
      and (contype = 'x' or condeferrable)
    union all
    select 'sequence, view or foreign table', relname from pg_class
    where relnamespace = 'fleet'::regnamespace
      and relkind not in ('r', 'p', 'i', 'I', 't')
    union all
    select 'generated or identity', attname from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'fleet'::regnamespace
      and (attidentity <> '' or attgenerated <> '')
    union all
    select 'inheritance', c.relname from pg_class c
    join pg_inherits i on i.inhrelid = c.oid
    where c.relnamespace = 'fleet'::regnamespace and c.relkind = 'r'
      and not c.relispartition`;
  assertEquals([...found], []);
});

serverTest(
  "migrations lead from each earlier version to the same schema",
  async () => {
    const { admin } = fleet();
    await admin`drop schema fleet cascade`;
    const shapes: unknown[][] = [];
    for (let start = 0; start <= SCHEMA_VERSION; start++) {
      await admin`create schema fleet authorization hil_owner`;
      await migrate(admin, MIGRATIONS.slice(0, start));
      assertEquals(await migrate(admin), { from: start, to: SCHEMA_VERSION });
      assertEquals(await migrate(admin), {
        ...{ from: SCHEMA_VERSION, to: SCHEMA_VERSION },
      });
      shapes.push(await shape());
      await admin`drop schema fleet cascade`;
    }
    await admin`create schema fleet authorization hil_owner`;
    await migrate(admin);
    assert(shapes[0]!.length > 40);
    for (const it of shapes) assertEquals(it, shapes[0]);
  },
);

serverTest("migrations keep what the version before holds", async () => {
  const { admin } = fleet();
  await admin`drop schema fleet cascade`;
  await admin`create schema fleet authorization hil_owner`;
  await migrate(admin, MIGRATIONS.slice(0, 1));
  await admin`insert into fleet.benches (bench_id) values ('rig-1')`;
  await admin`select fleet.make_month('2026-03-31T23:30Z')`;
  await admin`
    insert into fleet.series
      (bench_id, saved_at, run_id, metric_type, satellite_id, count)
    values ('rig-1', '2026-03-31T23:30Z', 'run', 'detection', null, 7)`;
  await migrate(admin);
  const rows = await admin`
    select count::int, tableoid::regclass::text as part from fleet.series`;
  assertEquals([...rows], [{ count: 7, part: "fleet.series_2026_03" }]);
  await admin`insert into fleet.benches (bench_id) values ('rig-2')`;
});

serverTest("migrations that run at once are each gone once", async () => {
  const { admin } = fleet();
  await admin`drop schema fleet cascade`;
  await admin`create schema fleet authorization hil_owner`;
  await Promise.all([1, 2, 3, 4].map(() => migrate(fleet().newAdmin())));
  const versions = await admin`select version from fleet.migrations order by 1`;
  assertEquals(
    versions.map(({ version }) => version),
    MIGRATIONS.map(({ version }) => version),
  );
  await admin`insert into fleet.benches (bench_id) values ('rig-1'), ('rig-2')`;
});

serverTest("a migration that fails leaves the version before", async () => {
  const { admin } = fleet();
  const before = await shape();
  const broken = {
    version: SCHEMA_VERSION + 1,
    name: "broken",
    sql: "alter table fleet.runs add column more text; select 1 / 0",
  };
  await assertRejects(() => migrate(admin, [...MIGRATIONS, broken]));
  assertEquals(await shape(), before);
  assertEquals((await migrate(admin)).from, SCHEMA_VERSION);
});

serverTest("a schema of a newer release is left alone", async () => {
  const { admin } = fleet();
  const version = SCHEMA_VERSION + 1;
  await asOwner(admin, async (sql) => {
    await sql`insert into fleet.migrations values (${version}, 'newer')`;
  });
  const error = await assertRejects(() => migrate(admin), FleetError);
  assertEquals(error.code, "SCHEMA_NEWER");
  await admin`delete from fleet.migrations where version = ${version}`;
});

Deno.test("MIGRATIONS are numbered from 1 on", () => {
  assertEquals(
    MIGRATIONS.map(({ version }) => version),
    MIGRATIONS.map((_, i) => i + 1),
  );
});
