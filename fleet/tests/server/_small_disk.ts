import { succeeds } from "./_binaries.ts";

/** A file system that can be filled. */
export interface SmallDisk {
  readonly path: string;
  /** Fills it but for so many MiB. */
  fill(leftMib: number): Promise<void>;
  /** Takes away what it was filled with. */
  free(): Promise<void>;
}

/** Hands a file system of so many MiB to a test, where one can be mounted. */
export async function withSmallDisk(
  sizeMib: number,
  test: (disk: SmallDisk) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "hil-metrics-disk-" });
  try {
    const options = `size=${sizeMib}m,mode=755`;
    if (!await succeeds("mount", "-t", "tmpfs", "-o", options, "tmpfs", path)) {
      console.warn("No file system can be mounted here: passed over");
      return;
    }
    try {
      await test({
        path,
        fill: (leftMib) => fill(`${path}/ballast`, leftMib),
        free: () => Deno.remove(`${path}/ballast`),
      });
    } finally {
      await succeeds("umount", path);
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function fill(path: string, leftMib: number): Promise<void> {
  const mib = new Uint8Array(1024 * 1024);
  using file = await Deno.open(path, { write: true, create: true });
  let size = 0;
  try {
    for (;;) size += await file.write(mib);
  } catch {
    await file.truncate(Math.max(0, size - leftMib * mib.length));
  }
}
