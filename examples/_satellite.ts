/** The request that changes nothing and asks for telemetry. */
export const READ_TELEMETRY = 255;

/** Size of the answer to a request. */
export const FRAME_BYTES = 8;

/** The bench's end of the TCP connection to a simulated satellite. */
export class Satellite implements Disposable {
  readonly id: string;
  readonly #worker: Worker;
  readonly #connection: Deno.TcpConn;

  private constructor(id: string, worker: Worker, connection: Deno.TcpConn) {
    this.id = id;
    this.#worker = worker;
    this.#connection = connection;
  }

  /** Starts a satellite on a free port of this machine and connects to it. */
  static async launch(id: string): Promise<Satellite> {
    const url = new URL("./_satellite_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: id });
    try {
      const port = await new Promise<number>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(`${id} does not start: ${event.message}`));
        };
      });
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connection.setNoDelay();
      return new Satellite(id, worker, connection);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /**
   * Sends a request and waits for the answer.
   *
   * @param command A setting of the shunt, or `READ_TELEMETRY`.
   * @returns The voltage of the power bus.
   */
  async request(command: number): Promise<number> {
    await this.#connection.write(Uint8Array.of(command));
    const frame = new Uint8Array(FRAME_BYTES);
    for (let filled = 0; filled < FRAME_BYTES;) {
      const count = await this.#connection.read(frame.subarray(filled));
      if (count === null) throw new Error(`${this.id} hung up`);
      filled += count;
    }
    return new DataView(frame.buffer).getFloat64(0);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
    this.#worker.terminate();
  }
}
