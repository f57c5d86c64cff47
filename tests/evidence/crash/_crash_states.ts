import {
  changed,
  type Disk,
  type EntriesEvent,
  type Image,
  type ImageNode,
  imageWith,
  reachable,
} from "./_disk.ts";

/** What a power failure can leave. */
export interface CrashState {
  /** How many events had happened. */
  readonly position: number;
  /** What of the un-synced persisted, for people. */
  readonly kept: () => string;
  readonly image: Image;
  /** Whether no file is torn at one of the places of its own. */
  readonly isCoarse: boolean;
}

/** How finely states are told apart. */
export interface CrashStatesOptions {
  /** First number of events that had happened. @default {0} */
  from?: number;
  /** At how many places of its own an un-synced file is torn. @default {0} */
  tears?: number;
  /**
   * After an event that has more subsets of what is un-synced, so many of them
   * are taken: none and all, each one lost alone and kept alone, and some at
   * random, the same each time.
   *
   * @default {Infinity}
   */
  limit?: number;
}

/**
 * Every state that a power failure can leave: after each event, each subset
 * of un-synced changes of entries that has what it needs, times what can have
 * become of un-synced data: not there, all there, cut off, or of full length
 * with zeros at the end, at the beginning or all through (delayed allocation
 * and blocks written out of order).
 *
 * States repeat, since what did not persist at one position had not happened
 * at an earlier one.
 */
export function* crashStates(
  disk: Disk,
  { from = 0, tears = 0, limit = Infinity }: CrashStatesOptions = {},
): Generator<CrashState> {
  const needs = needsOf(disk);
  for (let position = from; position <= disk.events.length; position++) {
    const { durable, pending, data } = known(disk, needs, position, tears);
    const subsets = 2 ** pending.length <= limit
      ? closedSubsets(pending, needs, durable)
      : someSubsets(pending, needs, durable, limit);
    for (const chosen of subsets) {
      const events = [...durable, ...chosen].sort((a, b) => a - b);
      const whole = imageWith(disk.image, events.map((at) => disk.events[at]!));
      for (
        const { tree, linked } of linkedTrees(disk, events, position, whole)
      ) {
        const seen = reachable(tree);
        const files = data.filter(({ ino }) => seen.has(ino));
        for (const { contents, isCoarse } of choices(files)) {
          const image = new Map(tree);
          for (const [ino, bytes] of contents) image.set(ino, bytes);
          yield {
            position,
            image,
            isCoarse,
            kept: () =>
              [
                ...linked.map((name) => `in both places: ${name}`),
                ...pending.map((at) =>
                  `${chosen.includes(at) ? "kept" : "lost"}: ${
                    disk.events[at]!.call
                  }`
                ),
                ...[...contents].map(([ino, bytes]) =>
                  `file ${ino}: ${bytes.length} bytes, ${
                    zeros(bytes)
                  } of them 0`
                ),
              ].join("\n"),
          };
          // What became of data has nothing to do with where its files stand.
          if (linked.length > 0) break;
        }
      }
    }
  }
}

/** A tree, and the files in it that a log has left in two places. */
interface LinkedTree {
  readonly tree: Map<number, ImageNode>;
  readonly linked: readonly string[];
}

/**
 * The tree as it is, and with moved files where they came from, too, as a hard
 * link: btrfs may replay its log so, while the directory they have left was not
 * synced. One of them, and all together.
 */
function* linkedTrees(
  disk: Disk,
  events: readonly number[],
  position: number,
  tree: Map<number, ImageNode>,
): Generator<LinkedTree> {
  yield { tree, linked: [] };
  const seen = reachable(tree);
  const moved = events.flatMap((at) => {
    const event = disk.events[at]!;
    const [from, to] = event.kind === "entries" ? event.changes : [];
    if (to?.ino === undefined || from!.directory === to.directory) return [];
    const left = tree.get(from!.directory);
    const isLost = tree.get(to.ino) instanceof Map ||
      !seen.has(from!.directory) || !seen.has(to.ino) ||
      (left as ReadonlyMap<string, number>).has(from!.name) ||
      disk.events.slice(at, position).some((later) =>
        later.kind === "sync" && later.ino === from!.directory
      );
    return isLost ? [] : [{ ...from!, ino: to.ino }];
  });
  const sets = moved.length > 1
    ? [...moved.map((it) => [it]), moved]
    : moved.map((it) => [it]);
  for (const set of sets) {
    const linked = new Map(tree);
    for (const { directory, name, ino } of set) {
      const entries = linked.get(directory) as ReadonlyMap<string, number>;
      linked.set(directory, new Map([...entries, [name, ino]]));
    }
    yield { tree: linked, linked: set.map(({ name }) => name) };
  }
}

/** Un-synced files whose contents are told apart in every combination. */
const MOST_TOGETHER = 3;

/** A file, and what it can hold after a power failure. */
interface FileData {
  readonly ino: number;
  readonly few: readonly Uint8Array[];
  /** All of it first. */
  readonly many: readonly Uint8Array[];
}

/** For each event, the earlier ones that touched the same entries last. */
function needsOf(disk: Disk): number[][] {
  const last = new Map<string, number>();
  return disk.events.map((event, at) => {
    if (event.kind !== "entries") return [];
    const needs: number[] = [];
    for (const { directory, name } of event.changes) {
      const entry = `${directory}/${name}`;
      const earlier = last.get(entry);
      if (earlier !== undefined) needs.push(earlier);
      last.set(entry, at);
    }
    return needs;
  });
}

function known(
  disk: Disk,
  needs: readonly number[][],
  position: number,
  tears: number,
): { durable: Set<number>; pending: number[]; data: FileData[] } {
  const durable = new Set<number>();
  const keep = (at: number) => {
    if (durable.has(at)) return;
    durable.add(at);
    needs[at]!.forEach(keep);
  };
  const contents = new Map<number, { synced: Uint8Array; all: Uint8Array }>();
  for (const [at, event] of disk.events.slice(0, position).entries()) {
    if (event.kind === "write" || event.kind === "truncate") {
      const empty = (disk.image.get(event.ino) ?? EMPTY) as Uint8Array;
      const now = contents.get(event.ino) ?? { synced: empty, all: empty };
      now.all = changed(now.all, event);
      contents.set(event.ino, now);
    } else if (event.kind === "sync") {
      const file = contents.get(event.ino);
      if (file) file.synced = file.all;
      disk.events.slice(0, at).forEach((earlier, at) => {
        if (touches(earlier, event.ino)) keep(at);
      });
    }
  }
  const pending = disk.events.slice(0, position).flatMap((event, at) =>
    event.kind === "entries" && !durable.has(at) ? [at] : []
  );
  const data = [...contents].map(([ino, { synced, all }]) => ({
    ino,
    ...remainsOf(synced, all, tears),
  }));
  return { durable, pending, data };
}

function touches(
  event: Disk["events"][number],
  ino: number,
): event is EntriesEvent {
  return event.kind === "entries" &&
    event.changes.some(({ directory }) => directory === ino);
}

/** What a file holds whose data was not synced from some point on. */
function remainsOf(
  synced: Uint8Array,
  all: Uint8Array,
  tears: number,
): { few: readonly Uint8Array[]; many: readonly Uint8Array[] } {
  if (synced === all) return { few: [all], many: [all] };
  const half = (synced.length + all.length) >> 1;
  const zeroed = (from: number, to: number) => all.slice().fill(0, from, to);
  const few = [
    all,
    synced,
    all.slice(0, half),
    zeroed(synced.length, all.length),
    zeroed(half, all.length),
    zeroed(synced.length, half),
  ];
  const many = [...few];
  const step = (all.length - synced.length) / (tears + 1);
  for (let tear = 1; tear <= tears; tear++) {
    const at = synced.length + Math.round(tear * step);
    many.push(all.slice(0, at), zeroed(at, all.length));
  }
  return { few, many };
}

/** Subsets of what is pending that hold whatever their members need. */
function* closedSubsets(
  pending: readonly number[],
  needs: readonly number[][],
  durable: ReadonlySet<number>,
  at = 0,
  chosen: readonly number[] = [],
): Generator<readonly number[]> {
  if (at === pending.length) return yield chosen;
  const event = pending[at]!;
  yield* closedSubsets(pending, needs, durable, at + 1, chosen);
  if (needs[event]!.every((n) => durable.has(n) || chosen.includes(n))) {
    yield* closedSubsets(pending, needs, durable, at + 1, [...chosen, event]);
  }
}

/** Some of the same, each once. */
function* someSubsets(
  pending: readonly number[],
  needs: readonly number[][],
  durable: ReadonlySet<number>,
  limit: number,
): Generator<readonly number[]> {
  const seen = new Set<string>();
  const closed = (isKept: (at: number) => boolean) => {
    const chosen: number[] = [];
    for (const event of pending) {
      const isPossible = needs[event]!.every((n) =>
        durable.has(n) || chosen.includes(n)
      );
      if (isPossible && isKept(event)) chosen.push(event);
    }
    return chosen;
  };
  const withNeeds = (event: number): number[] => [
    ...needs[event]!.filter((n) => !durable.has(n)).flatMap(withNeeds),
    event,
  ];
  let random = pending.length;
  const next = () => {
    random = Math.imul(random, 1_103_515_245) + 12_345 >>> 0;
    return random / 2 ** 32 < 0.6;
  };
  const ways = [
    () => closed(() => true),
    () => [],
    ...pending.flatMap((event) => [
      () => closed((at) => at !== event),
      () => closed((at) => withNeeds(event).includes(at)),
    ]),
  ];
  for (let count = 0; count < limit; count++) {
    const chosen = ways[count]?.() ?? closed(next);
    const key = String(chosen);
    if (seen.has(key)) continue;
    seen.add(key);
    yield chosen;
  }
}

/** Each few of every file together, and each of the many with all the rest. */
function* choices(
  files: readonly FileData[],
): Generator<
  { contents: ReadonlyMap<number, Uint8Array>; isCoarse: boolean }
> {
  const together = files.length <= MOST_TOGETHER
    ? product(files)
    : onesAndAll(files);
  for (const contents of together) yield { contents, isCoarse: true };
  for (const torn of files) {
    for (const bytes of torn.many.slice(torn.few.length)) {
      const contents = new Map(files.map(({ ino, many }) => [ino, many[0]!]));
      yield { contents: contents.set(torn.ino, bytes), isCoarse: false };
    }
  }
}

/** The same thing happened to all files, or something to one of them. */
function* onesAndAll(
  files: readonly FileData[],
): Generator<ReadonlyMap<number, Uint8Array>> {
  const whole = new Map(files.map(({ ino, few }) => [ino, few[0]!]));
  yield whole;
  for (let kind = 1; kind < 6; kind++) {
    yield new Map(files.map(({ ino, few }) => [ino, few[kind] ?? few[0]!]));
  }
  for (const { ino, few } of files) {
    for (const bytes of few.slice(1)) yield new Map(whole).set(ino, bytes);
  }
}

function* product(
  files: readonly FileData[],
): Generator<ReadonlyMap<number, Uint8Array>> {
  const [first, ...others] = files;
  if (first === undefined) return yield new Map();
  for (const rest of product(others)) {
    for (const bytes of first.few) yield new Map([...rest, [first.ino, bytes]]);
  }
}

const EMPTY = new Uint8Array(0);

function zeros(bytes: Uint8Array): number {
  return bytes.filter((byte) => byte === 0).length;
}
