import { ensureDir } from "@std/fs/ensure-dir";

/**
 * The file operations that everything here goes through: those of `Deno`, or
 * others that a test hands in to record or break them.
 */
export type FileOperations =
  & Pick<
    typeof Deno,
    | "chmod"
    | "chmodSync"
    | "chown"
    | "chownSync"
    | "lstatSync"
    | "mkdir"
    | "open"
    | "openSync"
    | "readDir"
    | "readDirSync"
    | "readFileSync"
    | "remove"
    | "rename"
    | "statSync"
    | "utime"
  >
  & {
    /** Makes a directory, and those above it, where there is none. */
    ensureDir(path: string): Promise<void>;
    /** Whether the process has the permission to write there; never asks. */
    mayWrite(path: string): boolean;
  };

/** The file operations, and what they have to promise. */
export interface FileAccess {
  readonly files: FileOperations;
  /** Whether what is written lasts through a power failure. */
  readonly sync: boolean;
}

const SYSTEM_FILES: FileOperations = Object.freeze({
  chmod: Deno.chmod,
  chmodSync: Deno.chmodSync,
  chown: Deno.chown,
  chownSync: Deno.chownSync,
  ensureDir,
  mayWrite: (path: string) =>
    Deno.permissions.querySync({ name: "write", path }).state === "granted",
  lstatSync: Deno.lstatSync,
  mkdir: Deno.mkdir,
  open: Deno.open,
  openSync: Deno.openSync,
  readDir: Deno.readDir,
  readDirSync: Deno.readDirSync,
  readFileSync: Deno.readFileSync,
  remove: Deno.remove,
  rename: Deno.rename,
  statSync: Deno.statSync,
  utime: Deno.utime,
});

/** The file operations of the system. */
export function systemFiles(): FileOperations {
  return SYSTEM_FILES;
}
