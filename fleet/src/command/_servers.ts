import type { ServerOptions } from "../server/server_options.ts";
import { readPassfile } from "./_passfile.ts";

/** What every command takes about servers, as it was given. */
export interface ServerArguments {
  /** `HOST[:PORT][/DATABASE]`, one or more. */
  readonly server?: readonly string[];
  readonly user?: string;
  /** Path of certificates to trust. */
  readonly ca?: string;
  /** False where it was said that nothing is to be encrypted. */
  readonly tls?: boolean;
}

const DEFAULT_PORT = 5432;

/**
 * The servers that were meant: what was not given comes from the environment,
 * as with PostgreSQL's own programs. Passwords come from there alone, or from
 * the file that it names.
 *
 * @throws {RangeError} Something is missing, or makes no sense.
 */
export async function serversOf(
  { server = [], user = Deno.env.get("PGUSER"), ca, tls = true }:
    ServerArguments,
): Promise<ServerOptions[]> {
  if (user === undefined) {
    throw new RangeError("--user or PGUSER must say who logs in");
  }
  const caPath = ca ?? Deno.env.get("PGSSLROOTCERT");
  const trusted = caPath === undefined
    ? {}
    : { ca: await Deno.readTextFile(caPath) };
  const places = server.length > 0 ? server : [""];
  return await Promise.all(places.map(async (place) => {
    const where = { ...placeOf(place), user };
    return {
      ...{ ...where, ...trusted, tls },
      password: await passwordOf(where) ?? "",
    };
  }));
}

/** The one server that a command speaks to. */
export async function serverOf(
  given: ServerArguments,
): Promise<ServerOptions & { readonly port: number }> {
  const servers = await serversOf(given);
  if (servers.length > 1) throw new RangeError("--server must be given once");
  const [server] = servers;
  return { ...server!, port: server!.port ?? DEFAULT_PORT };
}

function placeOf(
  text: string,
): { host: string; port: number; database: string } {
  const parts = /^(\[[^\]]+\]|[^:/]*)(?::(\d+))?(?:\/(.+))?$/.exec(text);
  const host = parts?.[1] || Deno.env.get("PGHOST");
  const port = Number(parts?.[2] ?? Deno.env.get("PGPORT") ?? DEFAULT_PORT);
  if (parts === null || !(port >= 1 && port <= 65535)) {
    throw new RangeError(`--server must be HOST[:PORT][/DATABASE]: ${text}`);
  }
  if (!host) {
    throw new RangeError("--server or PGHOST must name the server");
  }
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port,
    database: parts[3] ?? Deno.env.get("PGDATABASE") ?? "fleet",
  };
}

async function passwordOf(
  where: { host: string; port: number; database: string; user: string },
): Promise<string | undefined> {
  const path = Deno.env.get("PGPASSFILE");
  return Deno.env.get("PGPASSWORD") ??
    (path === undefined ? undefined : await readPassfile(path, where));
}
