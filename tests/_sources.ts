import { assert, assertEquals } from "@std/assert";

/** A module of a package. */
export interface Source {
  /** From `src/` on. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  /** What it imports, sooner or later: paths from `src/` on, or packages. */
  readonly imports: readonly string[];
  /** The same, but for what it loads when that is needed. */
  readonly startImports: readonly string[];
}

const IMPORT = /\b(?:from|import)[ (]*"([^"]+)"/g;
const START_IMPORT = /\b(?:from|import) *"([^"]+)"/g;

/** The modules in a folder called `src`. */
export async function sourcesIn(src: URL, at = ""): Promise<Source[]> {
  const found: Source[] = [];
  for await (const entry of Deno.readDir(new URL(at, src))) {
    const path = at + entry.name;
    if (entry.isDirectory) {
      found.push(...await sourcesIn(src, `${path}/`));
      continue;
    }
    if (!path.endsWith(".ts")) continue;
    const text = await Deno.readTextFile(new URL(path, src));
    const code = text.replace(/^\s*(\/?\*|\/\/).*$/gm, "");
    const named = (pattern: RegExp) =>
      [...code.matchAll(pattern)].map(([, name]) =>
        name!.startsWith(".")
          ? new URL(name!, new URL(path, src)).href.slice(src.href.length)
          : name!
      );
    const imports = named(IMPORT);
    found.push({
      path,
      text,
      code,
      imports,
      startImports: named(START_IMPORT),
    });
  }
  return found;
}

/** The folder of `src` that a module is in. */
export function folderOf(path: string): string {
  return path.split("/")[0]!;
}

/** Whether it is a module of the package itself. */
export function isLocal(imported: string): boolean {
  return imported.endsWith(".ts");
}

/** Requires that a module imports its own folder and those before it. */
export function assertInOrder(
  sources: readonly Source[],
  order: readonly string[],
): void {
  for (const { path, imports } of sources) {
    const folder = folderOf(path);
    assert(order.includes(folder), `src/${path} has no place in the order`);
    for (const imported of imports.filter(isLocal)) {
      assert(
        order.indexOf(folderOf(imported)) <= order.indexOf(folder),
        `src/${path} imports ${imported}`,
      );
    }
  }
}

/** Requires that no module reaches itself. */
export function assertNoCircle(sources: readonly Source[]): void {
  const open = new Map(sources.map((it) => [it.path, it]));
  for (let before = -1; before !== open.size;) {
    before = open.size;
    for (const { path, imports } of open.values()) {
      if (!imports.some((it) => open.has(it))) open.delete(path);
    }
  }
  assertEquals([...open.keys()], []);
}

/** Requires of what only its folder uses that its name says so. */
export function assertOwnNames(sources: readonly Source[]): void {
  for (const { path, imports } of sources) {
    for (const imported of imports.filter((it) => it.includes("/_"))) {
      const folder = imported.slice(0, imported.lastIndexOf("/"));
      assert(path.startsWith(`${folder}/`), `src/${path} imports ${imported}`);
    }
  }
}
