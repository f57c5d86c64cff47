const STOPPED_BY_SIGINT = 130;
const REMOVE_TRIES = 10;

function removeForCertain(directory: string): void {
  for (let tries = 1; tries <= REMOVE_TRIES; tries++) {
    try {
      return Deno.removeSync(directory, { recursive: true });
    } catch {
      // A write that was under way has put something there meanwhile.
    }
  }
}

/**
 * Runs work that needs a directory of its own, and removes the directory after
 * it, also when the work fails or is stopped with Ctrl-C.
 */
export async function withScratch<T>(
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "hil-metrics-bench-" });
  const stop = () => {
    removeForCertain(directory);
    Deno.exit(STOPPED_BY_SIGINT);
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    return await work(directory);
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
    await Deno.remove(directory, { recursive: true });
  }
}
