/** A step from one version of the schema to the next. */
export interface Migration {
  /** The version that it leads to: 1, 2, 3 and so on. */
  readonly version: number;
  /** What it does, in a few words. */
  readonly name: string;
  /** Its statements, which run in one transaction. */
  readonly sql: string;
}

/** What row-level security took for the bench that has logged in, at first. */
const OWN_BENCH = "substr(current_user::text, 7)";

/**
 * What it takes since: nobody but a bench. Whoever acts as `hil_bench`, the role
 * of all of them, was the bench `nch` before.
 */
const OWN_BENCH_ALONE =
  `case when starts_with(current_user::text, 'bench_') then ${OWN_BENCH} end`;

/** Tables of which a bench has its own rows and a reader sees all. */
const BENCH_TABLES = ["pushed", "runs", "series", "blocks"];

/** Those of them that are cut into months. */
const PARTITIONED = ["runs", "series", "blocks"];

/**
 * Every step there has been, in order. A step that was released is never
 * changed: a fleet may have gone it already.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "benches, and their runs by month",
    sql: `
create table fleet.benches (
  bench_id text collate "C" primary key,
  -- The store that feeds it, and its last push.
  store_id uuid,
  push_id uuid,
  pushed_at timestamptz,
  -- How far the clock of the bench was ahead of the server's.
  clock_ahead_ms double precision
);

-- One row: what every bench has to know.
create table fleet.settings (
  is_only boolean primary key default true check (is_only),
  -- Runs that were saved before are dropped, and not taken any more.
  keep_since timestamptz not null default '-infinity'
);
insert into fleet.settings default values;

-- What is there of each run: which month it is in, and what of.
create table fleet.pushed (
  bench_id text collate "C" not null references fleet.benches,
  run_id text collate "C" not null,
  saved_at timestamptz not null,
  -- SHA-256 of the summary.
  fingerprint bytea not null,
  has_block boolean not null,
  -- The store that has pushed it: no other one takes it away.
  store_id uuid not null,
  primary key (bench_id, run_id)
);

create table fleet.runs (
  bench_id text collate "C" not null,
  saved_at timestamptz not null,
  run_id text collate "C" not null,
  received_at timestamptz not null default now(),
  total_measurements bigint not null,
  is_incomplete boolean not null,
  labels jsonb not null,
  -- The bytes of the file.
  summary bytea not null,
  -- What the file of measurements is called, and what its block holds:
  -- 'zstd', or 'file' where it was compressed on the bench. Null: no block.
  csv_name text,
  csv_encoding text,
  primary key (bench_id, saved_at, run_id)
) partition by range (saved_at);

create table fleet.series (
  bench_id text collate "C" not null,
  saved_at timestamptz not null,
  run_id text collate "C" not null,
  metric_type text collate "C" not null,
  -- Null: all satellites together.
  satellite_id text collate "C",
  count bigint not null,
  mean_ms double precision,
  p50_ms double precision,
  p95_ms double precision,
  p99_ms double precision,
  max_ms double precision,
  min_ms double precision,
  -- A DDSketch of the durations; null over all satellites, as those of each
  -- can be merged.
  sketch bytea,
  unique nulls not distinct
    (bench_id, saved_at, run_id, metric_type, satellite_id)
) partition by range (saved_at);

-- Files of measurements, in parts.
create table fleet.blocks (
  bench_id text collate "C" not null,
  saved_at timestamptz not null,
  run_id text collate "C" not null,
  part integer not null,
  bytes bytea not null,
  primary key (bench_id, saved_at, run_id, part)
) partition by range (saved_at);
-- What is compressed already would only be tried again.
alter table fleet.blocks alter column bytes set storage external;
alter table fleet.series alter column sketch set storage external;

-- A bench may not make tables; this makes the month it needs.
create function fleet.make_month(saved_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  -- Months are those of UTC, whatever the zone of the session.
  month timestamp := date_trunc('month', saved_at at time zone 'UTC');
  suffix text := to_char(month, '_YYYY_MM');
  base text;
begin
  if saved_at > now() or saved_at < '2000-01-01Z'
    or saved_at < (select keep_since from fleet.settings)
  then
    raise 'there is no month for %', saved_at using errcode = '22008';
  end if;
  perform pg_advisory_xact_lock(hashtext('fleet.make_month'));
  foreach base in array array['runs', 'series', 'blocks'] loop
    continue when to_regclass('fleet.' || base || suffix) is not null;
    -- Attached rather than made as a part, which would wait for all who read.
    execute format(
      'create table fleet.%I (like fleet.%I including all)',
      base || suffix, base
    );
    execute format(
      'alter table fleet.%I attach partition fleet.%I for values from (%L) to (%L)',
      base, base || suffix,
      month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'
    );
  end loop;
end
$$;
revoke all on function fleet.make_month from public;
grant execute on function fleet.make_month to hil_bench;

grant usage on schema fleet to hil_bench, hil_reader;
grant select on fleet.settings to hil_bench, hil_reader;
grant select, update (store_id, push_id, pushed_at, clock_ahead_ms)
  on fleet.benches to hil_bench;
grant select on fleet.benches to hil_reader;
alter table fleet.benches enable row level security;
create policy own on fleet.benches to hil_bench
  using (bench_id = ${OWN_BENCH});
create policy all_rows on fleet.benches for select to hil_reader using (true);
${
      BENCH_TABLES.map((table) => `
grant select, insert, update, delete on fleet.${table} to hil_bench;
grant select on fleet.${table} to hil_reader;
alter table fleet.${table} enable row level security;
create policy own on fleet.${table} to hil_bench
  using (bench_id = ${OWN_BENCH});
create policy all_rows on fleet.${table} for select to hil_reader using (true);
`).join("")
    }`,
  },
  {
    version: 2,
    name: "find series of any bench, and recent runs",
    sql: `
-- The key finds a bench's own; these find one metric's over all benches, and
-- the newest runs of all.
create index series_by_metric
  on fleet.series (metric_type, satellite_id, saved_at);
create index runs_by_time on fleet.runs (saved_at);
`,
  },
  {
    version: 3,
    name: "find runs by their labels",
    sql: `
create index runs_by_labels on fleet.runs using gin (labels jsonb_path_ops);
`,
  },
  {
    version: 4,
    name: "rows are a bench's alone, and months whole in any session",
    sql: ["benches", ...BENCH_TABLES].map((table) => `
alter policy own on fleet.${table} using (bench_id = ${OWN_BENCH_ALONE});
`).join("") + `
-- Bounds of months are written and read as the session does, which is not ours.
alter function fleet.make_month set timezone = 'UTC';
alter function fleet.make_month set datestyle = 'ISO, YMD';
`,
  },
];

/** The version that this release works with. */
export const SCHEMA_VERSION: number = MIGRATIONS.at(-1)!.version;

/** The tables that are dropped month by month, each after what hangs on it. */
export const MONTHLY_TABLES: readonly string[] = PARTITIONED.toReversed();
