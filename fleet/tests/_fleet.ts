import postgres, { type Sql } from "postgres";
import { addBench, addLogin, setUp } from "../src/schema/set_up.ts";
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

  /** A client of the superuser, the same each time. */
  get admin(): Sql {
    return this.#admin ??= this.login({
      ...{ user: "postgres", password: ADMIN_PASSWORD },
    });
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
      ...{ max: 4, onnotice: () => {} },
    });
    this.#open.push(sql);
    return sql;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.map((sql) => sql.end({ timeout: 0 })));
    await this.server[Symbol.asyncDispose]();
  }
}
