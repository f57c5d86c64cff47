/** What a client says of a connection that is gone, or never came about. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "STALLED",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  // A name that is not known: benches are away from their network for weeks.
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * What a server says when it, or the connection, goes away
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html): connection
 * exceptions, shut down, crashed, starting up, recovering.
 */
const GONE = /^(?:08...|57P0[1235]|25P0[34])$/;

/**
 * What passes by itself while the connection stays: serialization failures,
 * deadlocks, locks that were not to be had, too many connections, a standby
 * that became the primary (25006).
 */
const PASSING = /^(?:40001|40P01|55P03|53300|57014|25006)$/;

/** The code of an error, by whatever named; `""` for none. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}

/** Whether an error says that the connection is of no use any more. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  return CONNECTION_CODES.has(code) || GONE.test(code);
}

/** Whether the same may succeed a little later. */
export function isTransient(error: unknown): boolean {
  return isConnectionLost(error) || PASSING.test(codeOf(error));
}
