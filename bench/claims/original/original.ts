import { fileURLToPath } from "node:url";
import type { Form } from "../../lib/measure/form.ts";

/** The original before and after the report's changes. */
export type OriginalVersion = "before" | "after";

/** Paths of checkouts of the versions that are at hand. */
export type OriginalCheckouts = Partial<Record<OriginalVersion, string>>;

/** An operation of the driver, and where it is to run. */
export interface OriginalOperation {
  /** A method of the driver's `Operations`. */
  name: string;
  /** Working directory; the original keeps runs below it by default. */
  directory: string;
  arguments: Record<string, unknown>;
  /** What the work came to, where what it returns does not say it. */
  answer?: (result: unknown) => unknown;
}

interface Reply {
  id: number;
  result: unknown;
  duration_ms: number;
  notes: string[];
  error?: string;
}

/** Where the original keeps runs, seen from its working directory. */
export const ORIGINAL_RESULTS_DIR = "astraguard/hil/results";

/** The variables of the environment that name the checkouts. */
export const ORIGINAL_VARIABLES: Readonly<Record<OriginalVersion, string>> = {
  before: "HIL_METRICS_ORIGINAL_BEFORE",
  after: "HIL_METRICS_ORIGINAL",
};

const VERSIONS: readonly OriginalVersion[] = ["before", "after"];
const DRIVER = fileURLToPath(new URL("driver.py", import.meta.url));

/** The checkouts that the environment names. */
export function checkoutsAtHand(): OriginalCheckouts {
  const named = VERSIONS.map((version) =>
    [version, Deno.env.get(ORIGINAL_VARIABLES[version])] as const
  );
  return Object.fromEntries(named.filter(([, checkout]) => checkout));
}

/** What the original could not do, in its own words. */
export class OriginalError extends Error {
  override readonly name = "OriginalError";
}

/**
 * The Python original in a process of its own, as many of its versions as there
 * are checkouts. `HIL_METRICS_PYTHON` names the Python to run it with,
 * `python3` by default.
 */
export class Original implements AsyncDisposable {
  /** The versions that there are. */
  readonly versions: readonly OriginalVersion[];
  /** What is to be known of them before gains are read off them. */
  readonly notes: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #replies: ReadableStreamDefaultReader<string>;
  #unread = "";

  private constructor(
    process: Deno.ChildProcess,
    versions: readonly OriginalVersion[],
  ) {
    this.versions = versions;
    this.#process = process;
    this.#requests = process.stdin.getWriter();
    this.#replies = process.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  /**
   * Starts it; `undefined` where there is no checkout.
   *
   * @throws {OriginalError} There is no such Python, or a checkout is none.
   */
  static async start(
    checkouts: OriginalCheckouts,
  ): Promise<Original | undefined> {
    const versions = VERSIONS.filter((version) => checkouts[version]);
    if (versions.length === 0) return undefined;
    const original = new Original(spawnDriver(), versions);
    try {
      const { notes } = await original.#ask({ start: checkouts });
      original.notes.push(...notes);
    } catch (error) {
      await original[Symbol.asyncDispose]();
      throw error;
    }
    return original;
  }

  /**
   * Makes an operation ready.
   *
   * @throws {OriginalError} The version cannot do it.
   */
  async form(
    version: OriginalVersion,
    { name, directory, arguments: args, answer }: OriginalOperation,
  ): Promise<Form> {
    const { id } = await this.#ask({
      prepare: name,
      version,
      directory,
      arguments: args,
    });
    return {
      run: async () => (await this.#ask({ call: id })).result,
      answer,
      timeMs: async (calls) =>
        (await this.#ask({ time: id, calls })).duration_ms,
    };
  }

  /** Lets go of all that has been made ready. */
  async forget(): Promise<void> {
    await this.#ask({ forget: true });
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    // It may have ended before.
    await this.#requests.close().catch(() => {});
    await this.#replies.cancel();
    await this.#process.status;
  }

  async #ask(request: Record<string, unknown>): Promise<Reply> {
    const line = new TextEncoder().encode(`${JSON.stringify(request)}\n`);
    await this.#requests.write(line).catch(() => {});
    let end = this.#unread.indexOf("\n");
    while (end === -1) {
      const { value, done } = await this.#replies.read();
      if (done) {
        throw new OriginalError(
          `it ended when it was asked for ${JSON.stringify(request)}`,
        );
      }
      this.#unread += value;
      end = this.#unread.indexOf("\n");
    }
    const reply: Reply = JSON.parse(this.#unread.slice(0, end));
    this.#unread = this.#unread.slice(end + 1);
    if (reply.error !== undefined) throw new OriginalError(reply.error);
    return reply;
  }
}

function spawnDriver(): Deno.ChildProcess {
  const python = Deno.env.get("HIL_METRICS_PYTHON") || "python3";
  try {
    return new Deno.Command(python, {
      // Nothing is to be written into the checkouts.
      args: ["-B", DRIVER],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    throw new OriginalError(`"${python}" does not run: ${error}`);
  }
}
