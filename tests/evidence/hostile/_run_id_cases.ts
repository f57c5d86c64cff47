import { MetricsStorage } from "../../../mod.ts";
import { type Bench, sample } from "./_sandbox.ts";
import { given, type HostileCase, refused } from "./_case.ts";

const REFUSED: readonly [name: string, runId: unknown, reason: string][] = [
  ["that is empty", "", "is empty"],
  ["of one dot", ".", "starts with a dot"],
  ["of two dots", "..", "starts with a dot"],
  ["that climbs", "../x", "starts with a dot"],
  ["that climbs in the middle", "a/../../x", "path separator"],
  ["that climbs behind a fragment", "a#/../x", "path separator"],
  ["that climbs behind a query", "a?/../x", "path separator"],
  ["that climbs in Windows' way", "a\\..\\x", "path separator"],
  ["that is an absolute path", "/etc/cron.d", "path separator"],
  ["that is a URL", "file:///etc/passwd", "path separator"],
  ["that is a path in a run", "run/latency_raw.csv", "path separator"],
  ["with a separator at its end", "run/", "path separator"],
  ["that is hidden", ".hidden", "starts with a dot"],
  ["that is the staging directory", ".staging", "starts with a dot"],
  ["with a NUL", "run\0.txt", "control character"],
  ["with a line feed", "run\nx", "control character"],
  ["with an escape", "\x1b[2J", "control character"],
  ["with DEL", "run\x7f", "control character"],
  ["with a C1 control", "run\x85", "control character"],
  ["with a lone high surrogate", "run\ud83d", "not well-formed"],
  ["with a lone low surrogate", "\ude00run", "not well-formed"],
  ["of 256 bytes", "x".repeat(256), "256 bytes"],
  ["of 128 characters in 256 bytes", "é".repeat(128), "256 bytes"],
  ["of a million characters", "x".repeat(1e6), "1000000 bytes"],
  ["that is a number", 7, "is not a string"],
  ["that is a bigint", 7n, "is not a string"],
  ["that is undefined", undefined, "is not a string"],
  ["that is a symbol", Symbol("run"), "is not a string"],
  ["that is an object", { toString: () => "run" }, "is not a string"],
];

/** Names like any other, since a path here is text and not a URL. */
const ACCEPTED: readonly [name: string, ...runIds: string[]][] = [
  ["percent-encoded: it is not decoded", "%2e%2e%2fx"],
  ["percent-encoded twice: it is not decoded", "%252e%252e%252fx"],
  ["with # and ?: it is no URL", "a#b?c=d"],
  ["that looks like a drive: only Windows has drives", "C:x"],
  ["that a shell would expand: there is no shell", "$HOME ~ * {a,b} `id`"],
  ["that looks like an option: there is no program", "-rf"],
  ["with quotes", '"it\'s"'],
  ["with spaces around it: they are kept", " run "],
  ["in NFC and NFD: two runs on Linux", "caf\u00e9", "cafe\u0301"],
  ["in two cases: two runs on Linux", "Run", "rUN"],
  ["with look-alikes of a slash: they are not one", "a\u2215..\uff0f\u2044x"],
  [
    "with look-alikes of dots: they are not dots",
    "\u2024\u2024",
    "\uff0e\uff0e",
  ],
  ["with Latin and Cyrillic a: two runs", "run_a", "run_\u0430"],
  ["with bidirectional controls: they are kept", "run\u202etxt.exe"],
  ["with zero-width characters: another run", "run", "ru\u200bn", "\ufeffrun"],
  ["with line separators of Unicode: they are kept", "a\u2028b\u2029c"],
  ["with characters beyond 16 bits", "🛰️", "\u{10ffff}"],
  ["with the replacement character", "run_\ufffd"],
  ["that Windows reserves: accepted elsewhere", "CON", "nul.json", "COM1"],
  ["with characters that Windows refuses: accepted elsewhere", 'a<b>:"|?*'],
  ["with trailing dots: kept, two runs", "run.", "run..", "run"],
  ["named like properties of objects", "__proto__", "constructor", "toString"],
  ["named like its own files", "latency_raw.csv", "latency_summary.json"],
  ["named like a stage", "6ba7b810-9dad-41d1-80b4-00c04fd430c8"],
  ["of 255 bytes", "x".repeat(255)],
  ["of 255 bytes in 85 characters", "€".repeat(85)],
];

/** Saves the runs, reads them back and takes them away again. */
async function live(bench: Bench, runIds: readonly string[]): Promise<unknown> {
  for (const runId of runIds) await bench.save(runId);
  const onDisk = namesIn(bench.resultsDir);
  const listed = await MetricsStorage.getRecentRuns(bench.resultsDir);
  const read: unknown[] = [];
  for (const runId of runIds) {
    const storage = bench.storage(runId);
    await storage.saveLatencyStats(sample());
    const metrics = await storage.getRunMetrics({ useCache: false });
    const { run1, run2 } = await storage.compareRuns(runIds[0]!);
    read.push(metrics?.run_id, run1, run2, (await storage.verifyRun()).ok);
  }
  for (const runId of runIds) await bench.storage(runId).deleteRun();
  return {
    onDisk,
    listed: listed.sort(),
    read,
    left: namesIn(bench.resultsDir),
  };
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => name !== ".staging").sort();
}

export const RUN_ID_CASES: readonly HostileCase[] = [
  ...REFUSED.map(([name, runId, reason]): HostileCase => ({
    name: `a run id ${name} is refused`,
    wanted: refused("INVALID_RUN_ID", reason),
    run: ({ resultsDir }) =>
      new MetricsStorage(runId as string, { resultsDir }),
  })),
  ...ACCEPTED.map(([name, ...runIds]): HostileCase => ({
    name: `a run id ${name}`,
    wanted: given({
      onDisk: runIds.toSorted(),
      listed: runIds.toSorted(),
      read: runIds.flatMap((runId) => [runId, runId, runIds[0], true]),
      left: [],
    }),
    run: (bench) => live(bench, runIds),
  })),
  {
    name: "a run id to compare with that climbs is refused",
    wanted: refused("INVALID_RUN_ID", '"../outside/run"'),
    run: async (bench) => {
      await bench.save();
      return await bench.storage().compareRuns("../outside/run");
    },
  },
  {
    name: "a directory that no run id can name is not listed",
    wanted: given(["run"]),
    run: async (bench) => {
      const directory = await bench.save();
      for (const name of ["a\nb", "a\\b", "a\x7f", ".hidden"]) {
        await Deno.rename(directory, `${bench.resultsDir}/${name}`);
        await bench.save();
      }
      return await MetricsStorage.getRecentRuns(bench.resultsDir);
    },
  },
];
