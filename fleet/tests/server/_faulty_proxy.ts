/** What a proxy does to the connections that go through it. */
export interface Fault {
  /**
   * After how many messages of either side, in the order in which they come by,
   * everything ends; later connections are left alone.
   */
  readonly afterMessages: number;
  /** Whether it only falls silent, and closes nothing. */
  readonly isSilent?: boolean;
}

/**
 * A proxy that counts the messages of PostgreSQL's protocol, which must not be
 * encrypted, and cuts the connection after so many of them.
 */
export class FaultyProxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #port: number;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #accepting: Promise<void>;
  #fault: Fault | undefined;
  /** How many messages have passed. */
  messages = 0;

  /** Listens on a free port of 127.0.0.1 for a server on another one. */
  constructor(port: number) {
    this.#port = port;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  /** The port to connect to. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Has a fault happen once, counted from now on. */
  expect(fault: Fault | undefined): void {
    this.#fault = fault;
    this.messages = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#cut();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    const relays: Promise<void>[] = [];
    for await (const client of this.#listener) {
      const server = await Deno.connect({
        ...{ hostname: "127.0.0.1", port: this.#port },
      });
      // Each message is written by itself, and would wait for the one before.
      client.setNoDelay(true);
      server.setNoDelay(true);
      this.#open.add(client).add(server);
      relays.push(
        this.#relay(client, server, true),
        this.#relay(server, client, false),
      );
    }
    await Promise.all(relays);
  }

  async #relay(
    from: Deno.TcpConn,
    to: Deno.TcpConn,
    isOfClient: boolean,
  ): Promise<void> {
    // The first message of a client has no type.
    let typeBytes = isOfClient ? 0 : 1;
    let pending = new Uint8Array();
    let isSilent = false;
    try {
      for await (const chunk of from.readable) {
        if (isSilent) continue;
        pending = joined(pending, chunk);
        for (;;) {
          const size = messageSize(pending, typeBytes);
          if (size === undefined) break;
          if (this.#fault?.afterMessages === this.messages) {
            const { isSilent: onlyFallsSilent } = this.#fault;
            if (!onlyFallsSilent) {
              this.#fault = undefined;
              return this.#cut();
            }
            isSilent = true;
            break;
          }
          this.messages++;
          await writeAll(to, pending.subarray(0, size));
          pending = pending.subarray(size);
          typeBytes = 1;
        }
      }
    } catch {
      // One of them has gone.
    }
    this.#close(from);
    this.#close(to);
  }

  #cut(): void {
    for (const connection of this.#open) this.#close(connection);
  }

  #close(connection: Deno.TcpConn): void {
    if (!this.#open.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // Its stream has done so.
    }
  }
}

function messageSize(
  bytes: Uint8Array,
  typeBytes: number,
): number | undefined {
  if (bytes.length < typeBytes + 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const size = typeBytes + view.getUint32(typeBytes);
  return bytes.length < size ? undefined : size;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await to.write(bytes.subarray(at));
  }
}
