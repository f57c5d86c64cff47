import { DataError } from "./data_error.ts";

/** Where a command reads and writes, which tests replace. */
export interface Terminal {
  /** Columns there are for a table; `Infinity` into a file or pipe. */
  readonly columns: number;
  /** Whether the output may be coloured. */
  readonly hasColour: boolean;
  /** Whether somebody watches standard error. */
  readonly isWatched: boolean;
  /** Standard input. */
  readonly input: ReadableStream<Uint8Array>;
  /** Whether standard input is typed by somebody. */
  readonly isTyped: boolean;
  /** Aborted by Ctrl-C or `kill`. */
  readonly signal: AbortSignal;
  /** Prints a line. */
  print(line: string): void;
  /** Writes bytes to standard output. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes text to standard error, as it is. */
  tell(text: string): void;
  /** A variable of the environment, if the process may read it. */
  environment(name: string): string | undefined;
}

/** Narrowest and widest that a table is fitted to. */
const NARROWEST = 40;
const WIDEST = 200;

/** The terminal of this process. */
export function systemTerminal(): Terminal {
  const encoder = new TextEncoder();
  const interruption = new AbortController();
  const onSignal = () => interruption.abort(new Interrupted());
  return {
    columns: Deno.stdout.isTerminal()
      ? Math.min(WIDEST, Math.max(NARROWEST, Deno.consoleSize().columns))
      : Infinity,
    hasColour: Deno.stdout.isTerminal() && !Deno.noColor,
    isWatched: Deno.stderr.isTerminal(),
    get input(): ReadableStream<Uint8Array> {
      return Deno.stdin.readable;
    },
    isTyped: Deno.stdin.isTerminal(),
    get signal(): AbortSignal {
      // Who does not ask for it is ended by the system at once.
      for (const name of ["SIGINT", "SIGTERM"] as const) {
        Deno.addSignalListener(name, onSignal);
      }
      Object.defineProperty(this, "signal", { value: interruption.signal });
      return interruption.signal;
    },
    print: (line) => {
      try {
        writeAll(Deno.stdout, encoder.encode(`${line}\n`));
      } catch (error) {
        // As `head` does once it has seen enough.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw lost(error);
      }
    },
    write: async (bytes) => {
      try {
        for (let at = 0; at < bytes.length;) {
          at += await Deno.stdout.write(bytes.subarray(at));
        }
      } catch (error) {
        throw error instanceof Deno.errors.BrokenPipe ? error : lost(error);
      }
    },
    tell: (text) => {
      try {
        writeAll(Deno.stderr, encoder.encode(text));
      } catch {
        // There is nowhere left to say so.
      }
    },
    environment: (name) => {
      const { state } = Deno.permissions.querySync({
        name: "env",
        variable: name,
      });
      return state === "granted" ? Deno.env.get(name) : undefined;
    },
  };
}

/** Somebody has ended the command. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("The command was interrupted");
  }
}

function writeAll(
  output: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): void {
  for (let at = 0; at < bytes.length;) {
    at += output.writeSync(bytes.subarray(at));
  }
}

function lost(cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message : cause;
  return new DataError(`Cannot write the output: ${reason}`);
}
