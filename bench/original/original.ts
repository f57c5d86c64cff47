import { fileURLToPath } from "node:url";
import type { Form } from "../cases/bench_case.ts";

/** An operation of the driver, and where it is to run. */
export interface OriginalOperation {
  /** A method of the driver's `Operations`. */
  name: string;
  /** Working directory; the original keeps runs below it by default. */
  directory: string;
  arguments: Record<string, unknown>;
}

interface Reply {
  id: number;
  result: unknown;
  duration_ms: number;
}

/** Where the original keeps runs, seen from its working directory. */
export const ORIGINAL_RESULTS_DIR = "astraguard/hil/results";

const DRIVER = fileURLToPath(new URL("driver.py", import.meta.url));

/**
 * The Python original in a process of its own, from the checkout that the
 * environment names:
 *
 * - `HIL_METRICS_ORIGINAL`: path of a checkout of the original;
 * - `HIL_METRICS_PYTHON`: the Python to run it with, `python3` by default.
 */
export class Original {
  readonly #process: Deno.ChildProcess;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #replies: ReadableStreamDefaultReader<string>;
  #unread = "";

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#requests = process.stdin.getWriter();
    this.#replies = process.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  /** Starts it; `undefined` where there is no checkout. */
  static start(
    checkout: string | undefined = Deno.env.get("HIL_METRICS_ORIGINAL"),
  ): Original | undefined {
    if (!checkout) return undefined;
    const python = Deno.env.get("HIL_METRICS_PYTHON") ?? "python3";
    return new Original(
      new Deno.Command(python, {
        args: [DRIVER, checkout],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn(),
    );
  }

  /** Makes an operation ready; its answer is what the original returns. */
  async form(operation: OriginalOperation): Promise<Form> {
    const { name, directory, arguments: args } = operation;
    const { id } = await this.#ask({
      prepare: name,
      directory,
      arguments: args,
    });
    return {
      run: async () => (await this.#ask({ call: id })).result,
      timeMs: async (calls) =>
        (await this.#ask({ time: id, calls })).duration_ms,
    };
  }

  /** Ends the process. */
  async close(): Promise<void> {
    await this.#requests.close();
    await this.#replies.cancel();
    await this.#process.status;
  }

  async #ask(request: Record<string, unknown>): Promise<Reply> {
    const line = new TextEncoder().encode(`${JSON.stringify(request)}\n`);
    await this.#requests.write(line);
    let end = this.#unread.indexOf("\n");
    while (end === -1) {
      const { value, done } = await this.#replies.read();
      if (done) {
        throw new Error(
          `The Python original ended while asked for ${
            JSON.stringify(request)
          }`,
        );
      }
      this.#unread += value;
      end = this.#unread.indexOf("\n");
    }
    const reply = this.#unread.slice(0, end);
    this.#unread = this.#unread.slice(end + 1);
    return JSON.parse(reply);
  }
}
