import { storageFailure } from "./storage_failure.ts";

/**
 * The path as an absolute one, whatever the working directory becomes.
 *
 * @throws {TypeError} It is not a string.
 * @throws {RangeError} It is blank.
 * @throws {StorageError} It is relative, and there is no working directory.
 */
export function absolutePath(path: string): string {
  if (typeof path !== "string") {
    throw new TypeError(`A path must be a string: ${typeof path}`);
  }
  if (path.trim() === "") {
    throw new RangeError(`A path must not be blank: ${JSON.stringify(path)}`);
  }
  return isAbsolute(path) ? path : `${workingDirectoryOf(path)}/${path}`;
}

function workingDirectoryOf(path: string): string {
  try {
    return Deno.cwd();
  } catch (error) {
    const action = `find the working directory that "${path}" stands in`;
    throw storageFailure(error, { action, path });
  }
}

/** The directory that the last part of the path stands in. */
export function parentDirectory(path: string): string {
  const trimmed = path.replace(/[/\\]+$/, "");
  const end = Deno.build.os === "windows"
    ? Math.max(trimmed.lastIndexOf("/"), trimmed.lastIndexOf("\\"))
    : trimmed.lastIndexOf("/");
  if (end < 0) return ".";
  return end === 0 ? "/" : trimmed.slice(0, end);
}

function isAbsolute(path: string): boolean {
  return Deno.build.os === "windows"
    ? /^(?:[A-Za-z]:)?[/\\]/.test(path)
    : path.startsWith("/");
}
