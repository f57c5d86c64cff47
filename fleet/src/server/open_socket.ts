import net from "node:net";
import tls from "node:tls";
import type { ServerOptions } from "./server_options.ts";

/** Asks a server whether it encrypts (its manual, "SSL Session Encryption"). */
const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47);

/** "S": it does. */
const ENCRYPTS = 0x53;

/**
 * Opens a socket to a server, encrypted unless that is not wanted.
 *
 * Note: the client of `postgres` would do it, but takes a certificate of
 * `localhost` for that of any address, and waits for ever for a server that
 * goes away while it is asked.
 *
 * @param signal Gives up, and closes the socket for good.
 * @throws {Error} With a code of the system or of TLS, or `TLS_REFUSED`.
 */
export async function openSocket(
  server: ServerOptions,
  signal: AbortSignal,
): Promise<net.Socket> {
  const socket = net.connect({ host: server.host, port: server.port ?? 5432 });
  signal.addEventListener("abort", () => socket.destroy());
  if (signal.aborted) socket.destroy();
  await settled(socket, "connect");
  socket.setNoDelay(true);
  if (server.tls === false) return socket;
  socket.write(SSL_REQUEST);
  const [answer] = await settled(socket, "data");
  if (answer[0] !== ENCRYPTS) {
    socket.destroy();
    throw withCode("the server has no TLS", "TLS_REFUSED");
  }
  const { host, ca } = server;
  const encrypted = tls.connect({
    ...{ socket, host, ...(ca === undefined ? {} : { ca }) },
    ...(net.isIP(host) ? {} : { servername: host }),
    checkServerIdentity: (_name, certificate) =>
      tls.checkServerIdentity(host, certificate),
  });
  signal.addEventListener("abort", () => encrypted.destroy());
  try {
    await settled(encrypted, "secureConnect");
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return encrypted;
}

/** Waits for an event of a socket, or for its end. */
function settled(
  socket: net.Socket,
  event: "connect" | "data" | "secureConnect",
  // deno-lint-ignore no-explicit-any
): Promise<any[]> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
  const closed = () =>
    reject(withCode("the connection was closed", "CONNECTION_CLOSED"));
  socket.once(event, (...values: unknown[]) => resolve(values));
  // It stays: a socket that is given up may fail once more.
  socket.on("error", reject);
  socket.once("close", closed);
  return promise.finally(() => socket.off("close", closed));
}

/** An error with a code, as those of the system have. */
export function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
