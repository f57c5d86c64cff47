import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Sql } from "postgres";
import { migrate } from "../../src/schema/migrate.ts";
import { SCHEMA_VERSION } from "../../src/schema/migrations.ts";
import { retain } from "../../src/schema/retain.ts";
import { benchLogin, benchOfLogin } from "../../src/schema/roles.ts";
import { addBench, addLogin } from "../../src/schema/set_up.ts";
import { PASSWORD, TestFleet } from "../_fleet.ts";
import { serverTest, shared } from "../_server_test.ts";

const TABLES = ["pushed", "runs", "series", "blocks"];

/** A fleet, and a client of each kind of login. */
const there = shared(async () => {
  const fleet = await TestFleet.start();
  return {
    fleet,
    rig1: fleet.as("bench_rig-1"),
    rig2: fleet.as("bench_rig-2"),
    reader: fleet.as("reader"),
    owner: fleet.as("owner"),
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
});

async function addRun(
  sql: Sql,
  benchId: string,
  runId: string,
  savedAt: string,
): Promise<void> {
  await sql`select fleet.make_month(${savedAt}::timestamptz)`;
  await sql`insert into fleet.pushed values
    (${benchId}, ${runId}, ${savedAt}, '\\x00', true, gen_random_uuid())`;
  await sql`insert into fleet.runs
    (bench_id, saved_at, run_id, total_measurements, is_incomplete, labels,
      summary)
    values (${benchId}, ${savedAt}, ${runId}, 1, false, '{}', '\\x7b7d')`;
  await sql`insert into fleet.series
    (bench_id, saved_at, run_id, metric_type, count)
    values (${benchId}, ${savedAt}, ${runId}, 'detection', 1)`;
  await sql`insert into fleet.blocks
    values (${benchId}, ${savedAt}, ${runId}, 0, '\\x00')`;
}

async function assertForbidden(query: PromiseLike<unknown>): Promise<void> {
  const error = await assertRejects(async () => await query);
  assertEquals((error as { code?: string }).code, "42501", String(error));
}

serverTest(
  "a bench adds, replaces and deletes its own runs, and sees no others",
  async () => {
    const { rig1, rig2, reader } = there();
    await addRun(rig1, "rig-1", "a", "2026-01-31T23:59:59.999999Z");
    await addRun(rig2, "rig-2", "a", "2026-02-01T00:00:00Z");
    for (const table of TABLES) {
      const seen = await rig1<{ bench_id: string }[]>`
      select bench_id from fleet.${rig1(table)}`;
      assertEquals(seen.map((row) => row.bench_id), ["rig-1"], table);
      const changed = await rig1`
      update fleet.${rig1(table)} set run_id = 'b' where run_id = 'a'`;
      assertEquals(changed.count, 1, table);
      const others = await rig1`
      delete from fleet.${rig1(table)} where bench_id = 'rig-2'`;
      assertEquals(others.count, 0, table);
    }
    const benches = await rig1`select bench_id from fleet.benches`;
    assertEquals([...benches], [{ bench_id: "rig-1" }]);
    for (const table of TABLES) {
      const gone = await rig1`delete from fleet.${rig1(table)}`;
      assertEquals(gone.count, 1, table);
      const left = await reader`select bench_id from fleet.${reader(table)}`;
      assertEquals([...left], [{ bench_id: "rig-2" }], table);
    }
  },
);

serverTest("a bench can write nothing in the name of another", async () => {
  const { rig1 } = there();
  const at = "2026-02-03T00:00:00Z";
  await rig1`select fleet.make_month(${at}::timestamptz)`;
  await assertForbidden(rig1`
    insert into fleet.pushed values
    ('rig-2', 'b', ${at}, '\\x00', true, gen_random_uuid())`);
  await assertForbidden(rig1`
    insert into fleet.series (bench_id, saved_at, run_id, metric_type, count)
    values ('rig-2', ${at}, 'b', 'detection', 1)`);
  await addRun(rig1, "rig-1", "mine", at);
  for (const table of TABLES) {
    await assertForbidden(rig1`
      update fleet.${rig1(table)} set bench_id = 'rig-2'`);
  }
  const changed = await rig1`
    update fleet.benches set push_id = gen_random_uuid()
    where bench_id = 'rig-2'`;
  assertEquals(changed.count, 0);
});

serverTest(
  "a bench can neither go round the policies nor change the schema",
  async () => {
    const { rig1 } = there();
    await assertForbidden(rig1`select * from fleet.runs_2026_02`);
    await assertForbidden(rig1`truncate fleet.runs`);
    await assertForbidden(rig1`insert into fleet.benches values ('rig-3')`);
    await assertForbidden(rig1`update fleet.benches set bench_id = 'rig-3'`);
    await assertForbidden(rig1`delete from fleet.benches`);
    await assertForbidden(rig1`update fleet.settings set keep_since = now()`);
    await assertForbidden(rig1`drop table fleet.runs_2026_02`);
    await assertForbidden(
      rig1`alter table fleet.runs disable row level security`,
    );
    await assertForbidden(rig1`create table fleet.mine (n int)`);
    await assertForbidden(rig1`set role hil_owner`);
    await assertForbidden(rig1`set role "bench_rig-2"`);
    await assertForbidden(migrate(rig1));
    await assertForbidden(retain(rig1, new Date("2026-01-01")));
  },
);

serverTest(
  "who acts as the role of all benches is none of them, whatever they are called",
  async () => {
    const { fleet, rig2 } = there();
    await addBench(fleet.admin, "nch", PASSWORD);
    const nch = fleet.as("bench_nch");
    await addRun(nch, "nch", "a", "2026-02-01T00:00:00Z");
    await rig2`set role hil_bench`;
    for (const table of [...TABLES, "benches"]) {
      const rows = await rig2`select from fleet.${rig2(table)}`;
      assertEquals(rows.length, 0, table);
    }
    await rig2`reset role`;
    await nch`delete from fleet.pushed`;
    for (const table of TABLES) await nch`delete from fleet.${nch(table)}`;
  },
);

serverTest(
  "addLogin() gives no rights to benches, roles of the fleet and superusers",
  async () => {
    const { fleet: { admin } } = there();
    const logins = [
      ...["hil_bench", "hil_owner", "hil_reader", "bench_rig-1", "postgres"],
      ...["", "é".repeat(32)],
    ];
    for (const login of logins) {
      await assertRejects(
        () => addLogin(admin, login, "reader", PASSWORD),
        RangeError,
        JSON.stringify(login),
      );
    }
  },
);

serverTest("a reader reads everything and changes nothing", async () => {
  const { reader } = there();
  for (const table of [...TABLES, "benches", "settings", "migrations"]) {
    const rows = await reader`select * from fleet.${reader(table)}`;
    assertEquals(rows.length > 0, true, table);
    await assertForbidden(reader`delete from fleet.${reader(table)}`);
    await assertForbidden(
      reader`insert into fleet.${reader(table)} default values`,
    );
  }
  await assertForbidden(reader`select fleet.make_month(now())`);
  await assertForbidden(reader`create table fleet.mine (n int)`);
  await assertForbidden(reader`set role hil_owner`);
});

serverTest(
  "an owner migrates and drops months, but makes no logins",
  async () => {
    const { rig1, reader, owner } = there();
    assertEquals((await migrate(owner)).to, SCHEMA_VERSION);
    await addRun(owner, "rig-1", "old", "2025-11-30T23:59:59Z");
    const before = await reader`select count(*)::int as n from fleet.runs`;
    assertEquals(await retain(owner, new Date("2025-12-24T12:00:00Z")), {
      keepSince: new Date("2025-12-01T00:00:00Z"),
      dropped: ["2025-11"],
    });
    const after = await reader`select count(*)::int as n from fleet.runs`;
    assertEquals(after[0]!.n, before[0]!.n - 1);
    const notes = await reader`
    select from fleet.pushed where run_id = 'old'`;
    assertEquals(notes.length, 0);
    const error = await assertRejects(async () => {
      await rig1`select fleet.make_month('2025-11-30T23:59:59Z')`;
    });
    assertEquals((error as { code?: string }).code, "22008");
    // What is kept is not taken back by an earlier time.
    assertEquals((await retain(owner, new Date("2025-01-01"))).dropped, []);
    const [kept] = await reader`select keep_since from fleet.settings`;
    assertEquals(kept!.keep_since, new Date("2025-12-01T00:00:00Z"));
    await assertForbidden(addBench(owner, "rig-3", "secret"));
  },
);

serverTest(
  "nobody gets in with a wrong password",
  async () => {
    const { fleet } = there();
    const login = { user: "bench_rig-1", password: "wrong" };
    const error = await assertRejects(
      async () => await fleet.login(login)`select 1`,
    );
    assertEquals((error as { code?: string }).code, "28P01");
  },
);

serverTest(
  "a bench's password can be changed, and is not in the log",
  async () => {
    const { fleet } = there();
    const { admin } = fleet;
    await addBench(admin, "rig-2", "another one");
    const sql = fleet.login({ user: "bench_rig-2", password: "another one" });
    assertEquals([...await sql`select 1 as one`], [{ one: 1 }]);
    const [role] = await admin`
    select rolpassword from pg_authid where rolname = 'bench_rig-2'`;
    assertEquals(role!.rolpassword.startsWith("SCRAM-SHA-256$4096:"), true);
  },
);

Deno.test("benchLogin() takes what can be a login, and benchOfLogin() gives it back", () => {
  for (const id of ["rig-1", "a", "9", "x".repeat(57), "a.b_c-d"]) {
    assertEquals(benchOfLogin(benchLogin(id)), id);
  }
  for (const id of ["", "Rig", "a b", "é", 'a"b', "x".repeat(58)]) {
    assertThrows(() => benchLogin(id), RangeError);
  }
  for (const login of ["postgres", "bench_", "reader"]) {
    assertEquals(benchOfLogin(login), undefined);
  }
});
