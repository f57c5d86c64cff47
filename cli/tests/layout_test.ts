import { assert, assertEquals } from "@std/assert";
import {
  assertInOrder,
  assertNoCircle,
  assertOwnNames,
  isLocal,
  sourcesIn,
} from "../../tests/_sources.ts";

/** The folders of `src`: a file imports what is above it. */
const ORDER = [
  "event_loop",
  "terminal",
  "tables",
  "files",
  "import",
  "export",
  "report",
  "runs",
  "judging",
  "commands",
  "program",
];

/** What a command line loads before it knows which command is meant. */
const START = "program/run_program.ts";

const SOURCES = await sourcesIn(new URL("../src/", import.meta.url));

Deno.test("cli/src imports only what stands before it", () => {
  assert(SOURCES.length > 50);
  assertInOrder(SOURCES, ORDER);
});

Deno.test("cli/src has no circle of imports", () => assertNoCircle(SOURCES));

Deno.test("cli/src names what only its folder uses with an underscore", () => {
  assertOwnNames(SOURCES);
});

Deno.test("The start of the program loads no command, nor what only some need", () => {
  const byPath = new Map(SOURCES.map((it) => [it.path, it]));
  const reached = new Set([START]);
  for (const path of reached) {
    for (const it of byPath.get(path)?.startImports ?? []) reached.add(it);
  }
  assertEquals([...reached].filter((it) => it.startsWith("commands/")), []);
  assertEquals(
    [...reached].filter((it) => !isLocal(it) && !it.endsWith("json")).sort(),
    ["@astraguard/hil-metrics", "commander"],
  );
});
