import { StorageError, type StorageErrorCode } from "../model/errors.ts";
import { TooLarge } from "../model/too_large.ts";

/** What was being done, for the message: `Cannot <action>: …`. */
export interface FailedAction {
  /** Such as `save run "x"`. */
  action: string;
  path: string;
}

const BY_ERRNO: Readonly<Record<string, [StorageErrorCode, string]>> = {
  EACCES: ["PERMISSION_DENIED", "permission denied"],
  EPERM: ["PERMISSION_DENIED", "operation not permitted"],
  EROFS: ["PERMISSION_DENIED", "the file system is read-only"],
  ENOSPC: ["NO_SPACE", "no space left on the disk"],
  EDQUOT: ["NO_SPACE", "the disk quota is used up"],
  EFBIG: ["NO_SPACE", "the file size limit is reached"],
  ENOTDIR: ["UNSAFE_PATH", "something that is not a directory is in the way"],
  EISDIR: ["UNSAFE_PATH", "a directory is in the way of a file"],
  ENOTEMPTY: ["UNSAFE_PATH", "files that do not belong there are in the way"],
  ELOOP: ["UNSAFE_PATH", "a symbolic link is in the way"],
  EBUSY: ["UNSAFE_PATH", "it is a mount, or in use"],
  EXDEV: [
    "UNSAFE_PATH",
    "it is a mount, or lies on another file system or overlay layer than " +
    ".staging beside it",
  ],
  ENAMETOOLONG: ["TOO_LARGE", "the path is too long"],
  EMFILE: ["IO_FAILED", "this process has no file descriptors left"],
  ENFILE: ["IO_FAILED", "the system has no file descriptors left"],
};

/** Errors that Deno has no name for, by their number on each system. */
const UNNAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  linux: { 27: "EFBIG", 122: "EDQUOT" },
  darwin: { 27: "EFBIG", 69: "EDQUOT" },
};

/** The failure of a file operation as the error that a caller handles. */
export function storageFailure(
  error: unknown,
  { action, path }: FailedAction,
): StorageError {
  if (error instanceof StorageError) return error;
  const [code, reason] = explain(error);
  const refused = refusedPath(error) ?? path;
  return new StorageError(`Cannot ${action}: ${reason} (${refused})`, {
    code,
    path: refused,
    cause: error,
  });
}

/** The system's name of an error, such as `"ENOENT"`, where it has one. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as Error & { code?: unknown }).code;
  if (typeof code === "string") return code;
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1] ?? "";
  return UNNAMED[Deno.build.os]?.[number];
}

/**
 * The path that the system refused, as Deno names it: of two the latter, unless
 * that is a temporary one that says nothing to anybody.
 */
function refusedPath(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  const [, from, to] = /\(os error \d+\).*?'([^']+)' -> '([^']+)'$/
    .exec(message) ?? [];
  if (to !== undefined) return /\/stage-[0-9a-f-]{36}/.test(to) ? from : to;
  return /\(os error \d+\).*'([^']+)'$/.exec(message)?.[1] ??
    /^Requires \w+ access to "([^"]+)"/.exec(message)?.[1];
}

function explain(error: unknown): [StorageErrorCode, string] {
  const known = BY_ERRNO[errnoOf(error) ?? ""];
  if (known !== undefined) return known;
  if (error instanceof TooLarge) return ["TOO_LARGE", error.message];
  if (error instanceof Deno.errors.NotCapable) {
    return ["PERMISSION_DENIED", lowerFirst(error.message)];
  }
  return ["IO_FAILED", error instanceof Error ? error.message : String(error)];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
