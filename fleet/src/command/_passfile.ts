/** Who logs in where. */
export interface PassfileLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Bits of a mode that let others read a file. */
const OTHERS = 0o077;

/**
 * The password of a login in a file of PostgreSQL's own form
 * (https://www.postgresql.org/docs/current/libpq-pgpass.html); `undefined` where
 * it has none.
 *
 * @throws {RangeError} Others may read the file.
 */
export async function readPassfile(
  path: string,
  { host, port, database, user }: PassfileLogin,
): Promise<string | undefined> {
  const { mode } = await Deno.stat(path);
  if (mode !== null && (mode & OTHERS) !== 0) {
    throw new RangeError(
      `${path} must be its owner's alone: chmod 600 ${path}`,
    );
  }
  const wanted = [host, `${port}`, database, user];
  for (const line of (await Deno.readTextFile(path)).split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    // A colon or backslash in a field has a backslash before it.
    const fields = (line.match(/(?:^|:)((?:\\.|[^:\\])*)/g) ?? [])
      .map((field) => field.replace(/^:/, "").replace(/\\(.)/g, "$1"));
    if (fields.length < 5) continue;
    if (wanted.every((it, i) => fields[i] === "*" || fields[i] === it)) {
      return fields[4];
    }
  }
  return undefined;
}

/** A line of such a file. */
export function passfileLine(login: PassfileLogin, password: string): string {
  const { host, port, database, user } = login;
  return `${
    [host, port, database, user, password]
      .map((it) => `${it}`.replace(/[\\:]/g, "\\$&")).join(":")
  }\n`;
}
