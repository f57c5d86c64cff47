// @ts-types="./ensure_dir.d.ts"
// deno-std does not publish fs: this is the behaviour of the one function used.

/** Makes the directory and its parents, or finds that it is there. */
export async function ensureDir(dir) {
  try {
    await Deno.mkdir(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Error(
      `Failed to ensure directory exists: expected 'dir' at '${dir}'`,
      { cause: error },
    );
  }
}
