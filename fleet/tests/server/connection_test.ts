import { assert, assertEquals, assertRejects } from "@std/assert";
import { Connection } from "../../src/server/connection.ts";
import { fleetFailure } from "../../src/server/fleet_failure.ts";
import { inTransaction } from "../../src/server/in_transaction.ts";
import type { ServerOptions } from "../../src/server/server_options.ts";
import { FleetError } from "../../src/model/fleet_error.ts";
import { serverTest, shared } from "../_server_test.ts";
import { ADMIN_PASSWORD, TestServer } from "./_test_server.ts";

const there = shared(() => TestServer.start());

function options(changed: Partial<ServerOptions> = {}): ServerOptions {
  const { port, ca } = there();
  return {
    ...{ host: "127.0.0.1", port, ca, database: "postgres" },
    ...{ user: "postgres", password: ADMIN_PASSWORD, ...changed },
  };
}

/** The code with which a server cannot be asked. */
async function codeOf(
  server: ServerOptions,
  stallMs = 5000,
): Promise<string> {
  using connection = new Connection(server);
  const error = await assertRejects(() =>
    connection.use((sql) => sql`select 1`, { stallMs })
  );
  const failure = fleetFailure(error, "ask");
  assert(failure instanceof FleetError, `${error}`);
  return failure.code;
}

/** A server that does something with each connection, and nothing else. */
function fakeServer(
  serve: (connection: Deno.TcpConn) => Promise<void> | void,
): Disposable & { readonly port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  (async () => {
    for await (const connection of listener) {
      open.push(connection);
      Promise.resolve(serve(connection)).catch(() => {});
    }
  })();
  return {
    port: listener.addr.port,
    [Symbol.dispose]: () => {
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // It was closed by the test.
        }
      }
    },
  };
}

serverTest(
  "Connection encrypts, and asks for a password whenever it connects",
  async () => {
    let asked = 0;
    const password = () => {
      asked++;
      return Promise.resolve(ADMIN_PASSWORD);
    };
    using connection = new Connection(options({ password }));
    for (let i = 0; i < 2; i++) {
      const rows = await connection.use(async (sql) =>
        await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
      );
      assertEquals([...rows], [{ ssl: true }]);
      connection.drop();
    }
    assertEquals(asked, 2);
  },
);

serverTest(
  "Connection trusts no certificate but those that it was handed, and none of another host",
  async () => {
    const { ca: _, ...without } = options();
    assertEquals(await codeOf(without), "NOT_TRUSTED");
    await using other = await TestServer.start();
    assertEquals(await codeOf(options({ ca: other.ca })), "NOT_TRUSTED");
    // That of localhost, too, is the address's alone.
    await using renamed = await TestServer.start({
      certifiedFor: "DNS:localhost",
    });
    const wrong = { port: renamed.port, ca: renamed.ca };
    assertEquals(await codeOf(options(wrong)), "NOT_TRUSTED");
    await using plain = await TestServer.start({ settings: { ssl: "off" } });
    assertEquals(await codeOf(options({ port: plain.port })), "NOT_TRUSTED");
  },
);

serverTest(
  "Connection reads times and bytes as they are, however the database writes them",
  async () => {
    using admin = new Connection(options());
    await admin.use((sql) => sql`create database odd`);
    for (
      const setting of [
        ...["datestyle = 'German'", "timezone = 'Asia/Kolkata'"],
        "bytea_output = 'escape'",
      ]
    ) {
      await admin.use((sql) => sql.unsafe(`alter database odd set ${setting}`));
    }
    using connection = new Connection(options({ database: "odd" }));
    const [row] = await connection.use(async (sql) =>
      await sql`
        select '2026-11-05T18:30Z'::timestamptz as at, '\\x00ff'::bytea as bytes`
    );
    assertEquals(row!.at, new Date("2026-11-05T18:30Z"));
    assertEquals([...row!.bytes], [0, 255]);
  },
);

serverTest("Connection tells what keeps it from asking", async () => {
  assertEquals(await codeOf(options({ tls: false })), "LOGIN_REFUSED");
  assertEquals(await codeOf(options({ password: "wrong" })), "LOGIN_REFUSED");
  assertEquals(await codeOf(options({ user: "nobody" })), "LOGIN_REFUSED");
  assertEquals(await codeOf(options({ database: "no" })), "SCHEMA_MISSING");
  assertEquals(await codeOf(options({ port: 1 })), "UNREACHABLE");
});

serverTest(
  "Connection gives up a server that closes or falls silent at once",
  async () => {
    using closing = fakeServer((connection) => connection.close());
    assertEquals(await codeOf(options({ port: closing.port })), "UNREACHABLE");
    using silent = fakeServer(() => {});
    assertEquals(
      await codeOf(options({ port: silent.port }), 200),
      "UNREACHABLE",
    );
    using halfway = fakeServer(async (connection) => {
      await connection.read(new Uint8Array(64));
      await connection.write(new TextEncoder().encode("S"));
      await connection.read(new Uint8Array(64));
      connection.close();
    });
    assertEquals(await codeOf(options({ port: halfway.port })), "UNREACHABLE");
  },
);

serverTest(
  "Connection connects anew after its connection was lost",
  async () => {
    using connection = new Connection(options());
    const pid = () =>
      connection.use(async (sql) => {
        const [row] = await sql`select pg_backend_pid() as pid`;
        return row!.pid as number;
      });
    const first = await pid();
    using killer = new Connection(options());
    const lost = assertRejects(() =>
      connection.use((sql) => sql`select pg_sleep(60)`)
    );
    await killer.use((sql) => sql`select pg_terminate_backend(${first})`);
    await lost;
    assert(await pid() !== first);
  },
);

serverTest(
  "inTransaction() leaves nothing of what fails, and the connection usable",
  async () => {
    using connection = new Connection(options());
    await connection.use((sql) =>
      sql`create table kept (n integer primary key)`
    );
    const failing = () =>
      connection.use((sql) =>
        inTransaction(sql, async (sql) => {
          await sql`insert into kept values (1)`;
          await sql`insert into kept values (1)`;
        })
      );
    const error = await assertRejects(failing);
    assertEquals((error as { code?: string }).code, "23505");
    await connection.use((sql) =>
      inTransaction(sql, async (sql) => {
        await sql`insert into kept values (2)`;
      })
    );
    const rows = await connection.use(async (sql) => await sql`table kept`);
    assertEquals([...rows], [{ n: 2 }]);
  },
);
