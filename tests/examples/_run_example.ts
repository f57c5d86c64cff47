import { fromRoot } from "../_from_root.ts";

/** What an example ended with, and said. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An example that runs, as its task runs it. */
export class RunningExample {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: ReadableStreamDefaultReader<string>;
  readonly #stderr: Promise<string>;
  #said = "";

  constructor(script: string, ...args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "-P=demo",
        "--no-lock",
        `examples/${script}`,
        ...args,
      ],
      cwd: fromRoot(),
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdout = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#stderr = new Response(this.#child.stderr).text();
  }

  /** Waits until it says something; fails where it ends without. */
  async says(text: string): Promise<void> {
    while (!this.#said.includes(text)) {
      if (await this.#hasEnded()) throw new Error(`It said: ${this.#said}`);
    }
  }

  /** Sends a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Waits for its end. */
  async outcome(): Promise<Outcome> {
    while (!await this.#hasEnded());
    const { code } = await this.#child.status;
    return { code, stdout: this.#said, stderr: await this.#stderr };
  }

  async #hasEnded(): Promise<boolean> {
    const { done, value } = await this.#stdout.read();
    this.#said += value ?? "";
    return done;
  }
}

/** Runs an example to its end. */
export async function runExample(
  script: string,
  ...args: string[]
): Promise<Outcome> {
  return await new RunningExample(script, ...args).outcome();
}
