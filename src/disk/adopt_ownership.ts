import type { FileOperations } from "./file_operations.ts";

/** Whose a file is, and who may do what with it; null where nothing tells. */
export type Ownership = Pick<Deno.FileInfo, "mode" | "uid" | "gid">;

const ROOT_UID = 0;

/** What `chmod` sets. */
const MODE_BITS = 0o7777;

/**
 * Gives a file that this process has made the mode, the group and, as root,
 * the owner of another one, as far as the system lets it.
 *
 * @returns Whether it differed.
 */
export async function adoptOwnership(
  path: string,
  own: Ownership,
  wanted: Ownership,
  files: FileOperations,
): Promise<boolean> {
  if (own.mode === null || wanted.mode === null) return false;
  const uid = own.uid === ROOT_UID ? wanted.uid : own.uid;
  const isOthers = uid !== own.uid || wanted.gid !== own.gid;
  const hasOtherMode = ((own.mode ^ wanted.mode) & MODE_BITS) !== 0;
  // Nobody but root can give a file to a group that it is not in.
  if (isOthers) await files.chown(path, uid, wanted.gid).catch(() => {});
  // Changing the owner may have cleared bits of the mode.
  if (isOthers || hasOtherMode) {
    await files.chmod(path, wanted.mode & MODE_BITS).catch(() => {});
  }
  return isOthers || hasOtherMode;
}

/** The ownership of a directory that all who may write in another one share. */
export function sharedDirectory(
  { mode, uid, gid }: Ownership,
): Ownership {
  return { mode: mode === null ? null : mode | 0o700, uid, gid };
}

/** The same of a file; `extraBits` are those of its own. */
export function sharedFile(
  { mode, uid, gid }: Ownership,
  extraBits: number,
): Ownership {
  return {
    mode: mode === null ? null : mode & 0o666 | 0o600 | extraBits,
    uid,
    gid,
  };
}
