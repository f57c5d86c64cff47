import {
  type RunMetrics,
  type RunStore,
  StorageError,
} from "@astraguard/hil-metrics";
import { Buffer } from "node:buffer";
import { Pace } from "../model/pace.ts";
import { DDSketch } from "../sketch/dd_sketch.ts";

/** A run as it stands in its store, read so far as tells whether it is new. */
export interface RunToPush {
  readonly runId: string;
  readonly metrics: RunMetrics;
  /** The bytes of the summary. */
  readonly summary: Uint8Array<ArrayBuffer>;
  /** SHA-256 of them, in hexadecimal. */
  readonly fingerprint: string;
  /** When the bench says that it was saved: its local time is ours. */
  readonly savedAt: Date;
}

/** The measurements of a run, as long as it is held. */
export interface MeasurementsToPush extends Disposable {
  /** By metric type and satellite, as {@linkcode seriesKey} names them. */
  readonly sketches: ReadonlyMap<string, Uint8Array>;
  /** What the file is called; `undefined` where the run has none any more. */
  readonly csvName: string | undefined;
  /** The bytes of the file as it is. */
  chunks(): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** The summary's name in a run's directory. */
export const SUMMARY_NAME = "latency_summary.json";

const CSV_NAME = "latency_raw.csv";

/** How often a run is read again that was saved meanwhile. */
const TRIES = 16;

const PAUSE_MS = 20;

const CHUNK_BYTES = 128 * 1024;

/** Names a series in a map. */
export function seriesKey(metricType: string, satelliteId: string): string {
  return JSON.stringify([metricType, satelliteId]);
}

/**
 * The summary of a run, its bytes and what they say.
 *
 * @param metrics What was read of it before, which is asked for again if a save
 * came in between.
 * @returns `undefined` where there is no such run any more.
 * @throws {StorageError} `LOCKED`: it is being saved all the time; or as of
 * `getRunMetrics()`.
 */
export async function readRun(
  store: RunStore,
  runId: string,
  metrics: RunMetrics | null,
): Promise<RunToPush | undefined> {
  const path = `${store.resultsDir}/${runId}/${SUMMARY_NAME}`;
  for (let tries = 1; tries <= TRIES; tries++) {
    if (metrics === null) return undefined;
    const summary = await readIfThere(path);
    if (summary !== undefined && isOf(summary, metrics)) {
      const digest = await crypto.subtle.digest("SHA-256", summary);
      const fingerprint = new Uint8Array(digest).toHex();
      const savedAt = new Date(metrics.timestamp);
      if (Number.isNaN(savedAt.getTime())) {
        throw new StorageError(
          `Cannot push run "${runId}": its timestamp is no time`,
          { code: "RUN_DAMAGED", path },
        );
      }
      return { runId, metrics, summary, fingerprint, savedAt };
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    // It also finishes what a save that was cut short left to do.
    metrics = await store.run(runId).getRunMetrics({ useCache: "revalidate" });
  }
  throw new StorageError(
    `Cannot push run "${runId}": it is being saved, or a save of it was cut ` +
      "short",
    { code: "LOCKED", path },
  );
}

/**
 * Reads the measurements of a run, all of them once to verify and sketch them;
 * its file stays open, so that it is this one that is sent.
 *
 * @returns `undefined` where the run has been saved again since.
 * @throws {StorageError} As of `batches()`.
 */
export async function readMeasurements(
  store: RunStore,
  run: RunToPush,
  signal: AbortSignal | undefined,
): Promise<MeasurementsToPush | undefined> {
  const directory = `${store.resultsDir}/${run.runId}`;
  const csvName = run.metrics.raw_csv?.file ?? CSV_NAME;
  const path = `${directory}/${csvName}`;
  const file = await openIfThere(path);
  try {
    const sketches = file === undefined
      ? new Map<string, Uint8Array>()
      : await sketch(store, run.runId, signal);
    const now = await readIfThere(`${directory}/${SUMMARY_NAME}`);
    const isSame = now !== undefined && areEqual(now, run.summary) &&
      (file === undefined || await isAt(path, file));
    if (!isSame) {
      file?.close();
      return undefined;
    }
    return {
      sketches,
      csvName: file && csvName,
      chunks: () => chunksOf(file!),
      [Symbol.dispose]: () => file?.close(),
    };
  } catch (error) {
    file?.close();
    throw error;
  }
}

async function sketch(
  store: RunStore,
  runId: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, Uint8Array>> {
  const sketches: (DDSketch | undefined)[] = [];
  const options = signal === undefined ? {} : { signal };
  let named: readonly { metricType: string; satelliteId: string }[] = [];
  for await (const batch of store.run(runId).batches(options)) {
    const { length, durationsMs, seriesCodes, series } = batch;
    for (let code = sketches.length; code < series.length; code++) {
      sketches.push(new DDSketch());
    }
    for (let i = 0; i < length; i++) {
      const durationMs = durationsMs[i]!;
      const code = seriesCodes[i]!;
      // There is no sketch of what is not finite.
      if (!Number.isFinite(durationMs)) sketches[code] = undefined;
      sketches[code]?.add(durationMs);
    }
    named = series;
  }
  const encoded = new Map<string, Uint8Array>();
  const pace = new Pace();
  for (const [code, { metricType, satelliteId }] of named.entries()) {
    const sketch = sketches[code];
    if (sketch === undefined) continue;
    encoded.set(seriesKey(metricType, satelliteId), sketch.encode());
    if (pace.isOver) await pace.next();
  }
  return encoded;
}

async function* chunksOf(
  file: Deno.FsFile,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await file.seek(0, Deno.SeekMode.Start);
  // Two, as who compresses them may still need the one before.
  const buffers = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
  for (let i = 0;; i++) {
    const buffer = buffers[i % 2]!;
    const count = await file.read(buffer);
    if (count === null) return;
    yield buffer.subarray(0, count);
  }
}

/** Whether bytes are those that a summary was read from. */
function isOf(bytes: Uint8Array, metrics: RunMetrics): boolean {
  let document: Partial<RunMetrics>;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // The original writes in place.
    return false;
  }
  return document.summary_xxh32 === metrics.summary_xxh32 &&
    document.timestamp === metrics.timestamp &&
    document.total_measurements === metrics.total_measurements &&
    document.raw_csv?.xxh32 === metrics.raw_csv?.xxh32 &&
    document.raw_csv?.file === metrics.raw_csv?.file;
}

async function readIfThere(
  path: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function openIfThere(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function isAt(path: string, file: Deno.FsFile): Promise<boolean> {
  try {
    const [there, held] = [await Deno.lstat(path), await file.stat()];
    return there.ino === held.ino && there.dev === held.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  // A closure for each of some million bytes would hold the event loop.
  return Buffer.compare(a, b) === 0;
}
