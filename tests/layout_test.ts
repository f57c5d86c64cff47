import { assert, assertEquals } from "@std/assert";
import {
  assertInOrder,
  assertNoCircle,
  assertOwnNames,
  folderOf,
  isLocal,
  sourcesIn,
} from "./_sources.ts";

/** The folders of `src` in the flow of data: a file imports what is above it. */
const ORDER = [
  "model",
  "event_loop",
  "columns",
  "statistics",
  "record",
  "compare",
  "judge",
  "observe",
  "formats",
  "disk",
  "run",
  "store",
  "catalog",
];

/** Folders that know no disk, however far one follows their imports. */
const WITHOUT_DISK = [
  "model",
  "event_loop",
  "record",
  "statistics",
  "compare",
  "judge",
];

/** Files that only some users load, and what they may import besides. */
const EXTRA_EXPORTS: Readonly<Record<string, string[]>> = {
  "formats/zstd.ts": ["node:zlib"],
  "catalog": ["node:sqlite"],
};

/** Where a module may have state that changes. */
const STATEFUL = [
  // The turns of the event loop, and the two clocks.
  "event_loop/turns.ts",
  "record/clock.ts",
  // From a directory's identity to what is known of it.
  "store/directory_state.ts",
  // Set once, as modules are loaded: functions that reach private fields.
  "record/csv_export.ts",
  "record/latency_collector.ts",
  "store/metrics_storage.ts",
  "store/run_store.ts",
  "catalog/run_catalog.ts",
];

const SOURCES = await sourcesIn(new URL("../src/", import.meta.url));

Deno.test("src imports only what stands before it in the flow of data", () => {
  assert(SOURCES.length > 100);
  assertInOrder(SOURCES, ORDER);
});

Deno.test("src has no circle of imports", () => assertNoCircle(SOURCES));

Deno.test("recording, statistics, comparing and judging never reach the disk", () => {
  const byPath = new Map(SOURCES.map((it) => [it.path, it]));
  for (const { path } of SOURCES) {
    if (!WITHOUT_DISK.includes(folderOf(path))) continue;
    const reached = new Set([path]);
    for (const from of reached) {
      for (const imported of byPath.get(from)?.imports ?? []) {
        reached.add(imported);
      }
    }
    assertEquals([...reached].filter((it) => it.startsWith("disk/")), [], path);
  }
});

Deno.test("files that only their folder uses are named with an underscore, and no others", () => {
  assertOwnNames(SOURCES);
});

Deno.test("src depends on two @std packages, and extra exports on the runtime", () => {
  const packages = new Set<string>();
  for (const { path, imports } of SOURCES) {
    const allowed = Object.entries(EXTRA_EXPORTS)
      .filter(([at]) => path === at || path.startsWith(`${at}/`))
      .flatMap(([, names]) => names);
    for (const name of imports) {
      if (!isLocal(name) && !allowed.includes(name)) packages.add(name);
    }
  }
  // Whole packages would load 73 modules rather than these and two more.
  assertEquals([...packages].sort(), [
    "@std/data-structures/binary-heap",
    "@std/fs/ensure-dir",
  ]);
});

Deno.test("src imports everything at its start", () => {
  // Deno 2.9 panics when it loads a module and no descriptor is left.
  for (const { path, code } of SOURCES) {
    assert(!/\bimport\(/.test(code), `src/${path}`);
  }
});

Deno.test("src reaches the system through src/disk alone", () => {
  for (const { path, code } of SOURCES) {
    if (path.startsWith("disk/")) continue;
    const used = code.match(
      /\bDeno\.(?!errors\b|DirEntry\b|FileInfo\b|FsFile\b|customInspect\b)\w+/g,
    );
    assertEquals(used, null, `src/${path}`);
  }
});

Deno.test("src has state of modules only where that is said", () => {
  for (const { path, code } of SOURCES) {
    if (STATEFUL.includes(path)) continue;
    const found = code.match(
      /^(?:export )?(?:let .*|const \w+(?:: [^=]*)? = new (?:Weak)?(?:Map|Set)(?:<[^>]*>)?\(\).*|const \w+(?:: [^=]*)? = (?:\[\]|\{\});?)$/gm,
    );
    assertEquals(found, null, `src/${path}`);
  }
});
