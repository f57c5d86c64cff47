/**
 * The file operations that everything here goes through: those of `Deno`, or
 * others that a test hands in to record or break them.
 */
export type FileOperations = Pick<
  typeof Deno,
  | "lstatSync"
  | "mkdir"
  | "open"
  | "openSync"
  | "readDir"
  | "readFileSync"
  | "remove"
  | "rename"
>;

/** The file operations, and what they have to promise. */
export interface FileAccess {
  files: FileOperations;
  /** Whether what is written lasts through a power failure. */
  sync: boolean;
}

/** The file operations of the system. */
export function systemFiles(): FileOperations {
  return Deno;
}
