/** A server of a fleet, and who logs in there. */
export interface ServerOptions {
  /** Name or address of the server. */
  readonly host: string;
  /**
   * Its port.
   *
   * @default {5432}
   */
  readonly port?: number;
  /** The database that holds the fleet. */
  readonly database: string;
  /** The login; of a bench, `bench_` and its id. */
  readonly user: string;
  /**
   * Its password, or what gives it each time it is asked for.
   *
   * @default {""} none
   */
  readonly password?: string | (() => string | Promise<string>);
  /**
   * Certificates to trust, in PEM: that of the server itself, or of who signed
   * it.
   *
   * @default {undefined} those that Deno trusts
   */
  readonly ca?: string;
  /**
   * Whether to encrypt, and to require a certificate that is trusted and names
   * the host. Without it, everything can be read and changed on the way, and
   * whoever answers in the server's place is handed the password if he asks.
   *
   * @default {true}
   */
  readonly tls?: boolean;
}

/** What a server is called in messages: no password is in it. */
export function serverName(options: ServerOptions): string {
  const { user, host, port = 5432, database } = options;
  return `${user}@${host}:${port}/${database}`;
}
