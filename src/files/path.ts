/** The path as an absolute one, whatever the working directory becomes. */
export function absolutePath(path: string): string {
  if (isAbsolute(path)) return path;
  return `${Deno.cwd()}/${path}`;
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
