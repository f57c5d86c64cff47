import postgres, { type Sql } from "postgres";
import { arrayTypes } from "./array_types.ts";
import { openSocket, withCode } from "./open_socket.ts";
import type { ServerOptions } from "./server_options.ts";
import { isConnectionLost } from "./transient.ts";

/** How long a server may take by default, in milliseconds. */
const STALL_MS = 60_000;

/** How the client reads values, whatever the server's own settings are. */
const TEXT_FORMS = { DateStyle: "ISO", TimeZone: "UTC", bytea_output: "hex" };

/** How something is done with a connection. */
export interface UseOptions {
  /** How long it may take without a sign of life. */
  readonly stallMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A client, and what ends its only socket. */
interface Client {
  readonly sql: Sql;
  readonly ending: AbortController;
}

/**
 * A connection to a server, made when it is needed and again after it was lost.
 *
 * Note: the client of `postgres` can connect anew by itself, but one that was
 * cut off while it was writing keeps what it had not sent yet, and begins the
 * next connection with that; and one that is cut off while it connects tries
 * again at once, for ever. So each client has one socket in its life.
 */
export class Connection implements Disposable {
  readonly #server: ServerOptions;
  #client: Client | undefined;

  /** Connects to nothing yet. */
  constructor(server: ServerOptions) {
    this.#server = server;
  }

  /**
   * Does something with the connection; if that is lost meanwhile, the next
   * one who needs it gets another.
   *
   * @param work It calls `alive` when it has got on.
   * @throws {Error} With the code `STALLED` where it took too long.
   */
  async use<T>(
    work: (sql: Sql, alive: () => void) => Promise<T>,
    { stallMs = STALL_MS, signal }: UseOptions = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal!.reason);
    signal?.addEventListener("abort", abort);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(stalled(stallMs)), stallMs);
    };
    alive();
    try {
      const client = await this.#connected();
      return await Promise.race([work(client.sql, alive), ended]);
    } catch (error) {
      if (isConnectionLost(error) || signal?.aborted) this.drop();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Lets go of the connection; what was going on there ends in an error. */
  drop(): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#client = undefined;
    client.sql.end({ timeout: 0 }).catch(() => {});
    // A server that is out of reach would else hold it for minutes.
    client.ending.abort();
  }

  /** Says goodbye, and lets go of the connection. */
  async close(): Promise<void> {
    await this.#client?.sql.end({ timeout: 1 });
    this.drop();
  }

  [Symbol.dispose](): void {
    this.drop();
  }

  async #connected(): Promise<Client> {
    const { password = "" } = this.#server;
    return this.#client ??= connect(
      this.#server,
      // The client is not to wait for it in the middle of a login.
      typeof password === "string" ? password : await password(),
    );
  }
}

function connect(server: ServerOptions, password: string): Client {
  const { host, port = 5432, database, user } = server;
  const ending = new AbortController();
  let isOpened = false;
  const socket = async () => {
    try {
      if (isOpened) {
        throw withCode("the connection was lost", "CONNECTION_CLOSED");
      }
      isOpened = true;
      return await openSocket(server, ending.signal);
    } catch (error) {
      // Or what is queued behind the first statement would wait for ever.
      sql.end({ timeout: 0 }).catch(() => {});
      throw error;
    }
  };
  const sql = postgres({
    ...{ host, port, database, user, password },
    ...{ ssl: false, max: 1, max_lifetime: null, idle_timeout: 0 },
    ...{ fetch_types: false, types: arrayTypes },
    connection: { application_name: "hil-metrics-fleet", ...TEXT_FORMS },
    onnotice: () => {},
    // Its types do not know of it.
    ...{ socket } as object,
  });
  return { sql, ending };
}

function stalled(stallMs: number): Error {
  const seconds = stallMs / 1000;
  return withCode(`the server has not answered for ${seconds} s`, "STALLED");
}
