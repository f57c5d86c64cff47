import postgres, { type Sql } from "postgres";
import { addBench, addLogin, setUp } from "../src/schema/set_up.ts";
import type { ServerOptions } from "../src/server/server_options.ts";
import {
  ADMIN_PASSWORD,
  TestServer,
  type TestServerOptions,
} from "./server/_test_server.ts";

/** The password of every login but the superuser's. */
export const PASSWORD = "tests: it's \\ a fleet";

/** A login to a fleet's database. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A server with a fleet, two benches, a reader and an owner. */
export class TestFleet implements AsyncDisposable {
  readonly server: TestServer;
  readonly #open: Sql[] = [];
  #admin: Sql | undefined;

  private constructor(server: TestServer) {
    this.server = server;
  }

  /** Starts a server and makes the fleet in it. */
  static async start(options: TestServerOptions = {}): Promise<TestFleet> {
    const fleet = new TestFleet(await TestServer.start(options));
    try {
      const { admin } = fleet;
      await setUp(admin);
      await addBench(admin, "rig-1", PASSWORD);
      await addBench(admin, "rig-2", PASSWORD);
      await addLogin(admin, "reader", "reader", PASSWORD);
      await addLogin(admin, "owner", "owner", PASSWORD);
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
    return fleet;
  }

  /** How a bench, a reader or an owner reaches it. */
  optionsOf(user: string): ServerOptions {
    return {
      ...{ host: "127.0.0.1", port: this.server.port, database: "postgres" },
      ...{ user, password: PASSWORD, ca: this.server.ca },
    };
  }

  /** Gives up the clients there are: the server was started again. */
  async reconnect(): Promise<void> {
    this.#admin = undefined;
    const open = this.#open.splice(0);
    await Promise.all(open.map((sql) => sql.end({ timeout: 0 })));
  }

  /** Every row there is, as text, without what differs from push to push. */
  async contents(): Promise<string[]> {
    const rows = await this.admin<{ row: string }[]>`
      select 'note ' || (to_jsonb(p) - 'store_id')::text as row
      from fleet.pushed p
      union all
      select 'run ' || (to_jsonb(r) - 'received_at')::text from fleet.runs r
      union all
      select 'series ' || to_jsonb(s)::text from fleet.series s
      union all
      select 'block ' || bench_id || saved_at || run_id || part || md5(bytes)
      from fleet.blocks
      order by 1`;
    return rows.map(({ row }) => row);
  }

  /** Takes all runs away, and forgets which store feeds a bench. */
  async clear(): Promise<void> {
    await this.admin`truncate fleet.pushed, fleet.runs, fleet.series,
      fleet.blocks`;
    await this.admin`update fleet.benches set store_id = null, push_id = null,
      pushed_at = null, clock_ahead_ms = null`;
    await this.admin`update fleet.settings set keep_since = '-infinity'`;
  }

  /** A client of the superuser, the same each time. */
  get admin(): Sql {
    return this.#admin ??= this.newAdmin();
  }

  /** Another one. */
  newAdmin(): Sql {
    return this.login({ user: "postgres", password: ADMIN_PASSWORD });
  }

  /** A client of somebody, closed with the fleet. */
  as(user: string): Sql {
    return this.login({ user, password: PASSWORD });
  }

  /** A client of a login, closed with the fleet. */
  login({ user, password }: Login): Sql {
    const sql = postgres({
      ...{ host: "127.0.0.1", port: this.server.port, database: "postgres" },
      ...{ user, password, ssl: { ca: this.server.ca } },
      ...{ max: 1, onnotice: () => {} },
    });
    this.#open.push(sql);
    return sql;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.map((sql) => sql.end({ timeout: 0 })));
    await this.server[Symbol.asyncDispose]();
  }
}
