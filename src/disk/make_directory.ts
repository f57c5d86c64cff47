import type { FileAccess } from "./file_operations.ts";
import { parentDirectory } from "./path.ts";

/** Makes a directory and, where needed, those above it, which then last. */
export async function makeDirectory(
  path: string,
  access: FileAccess,
): Promise<void> {
  const { files } = access;
  try {
    await files.mkdir(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await makeLasting(parentDirectory(path), access);
    await files.mkdir(path);
  }
}

/** Makes a directory unless there is one, its entry lasting if that is wanted. */
async function makeLasting(path: string, access: FileAccess): Promise<void> {
  const { files, sync } = access;
  const parent = parentDirectory(path);
  const make = async () => {
    // Opened first: where that is refused, nothing is left behind.
    using opened = sync ? files.openSync(parent, { read: true }) : undefined;
    try {
      await files.mkdir(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    await opened?.sync();
  };
  try {
    await make();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || parent === path) {
      throw error;
    }
    await makeLasting(parent, access);
    await make();
  }
}
