/**
 * What a disk holds and what it was told since: the model that crash states
 * are enumerated over.
 *
 * A directory is a table of names, and a change of entries (create, mkdir,
 * rename, unlink, rmdir) is one event: a rename persists as a whole or not at
 * all, but for a moved file that a log may leave in both places. Events that were not synced persist in any subset, except that one
 * which touches an entry needs the earlier one that touched the same entry.
 * That is weaker than any journal promises; it is the "no ordering between
 * directory operations" of Pillai et al., "All File Systems Are Not Created
 * Equal" (ALICE), OSDI 2014,
 * https://www.usenix.org/conference/osdi14/technical-sessions/presentation/pillai
 */
export interface Disk {
  /** What is on it for good. */
  readonly image: Image;
  /** What happened since, in the order in which the kernel did it. */
  readonly events: DiskEvent[];
}

/** Files and directories by inode number. */
export type Image = ReadonlyMap<number, ImageNode>;

/** A file is its bytes, a directory its entries. */
export type ImageNode = Uint8Array | ReadonlyMap<string, number>;

/** Something that changes the disk or makes changes last. */
export type DiskEvent =
  | EntriesEvent
  | WriteEvent
  | TruncateEvent
  | SyncEvent;

/** A change of directory entries that persists as a whole. */
export interface EntriesEvent {
  readonly kind: "entries";
  readonly call: string;
  readonly paths: readonly string[];
  readonly changes: readonly EntryChange[];
  /** The inode that was made, if one was. */
  readonly made?: { readonly ino: number; readonly isDirectory: boolean };
}

/** An entry's new inode; `undefined` for none. */
export interface EntryChange {
  readonly directory: number;
  readonly name: string;
  readonly ino: number | undefined;
}

/** Bytes put into a file. */
export interface WriteEvent {
  readonly kind: "write";
  readonly call: string;
  readonly ino: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A file cut off. */
export interface TruncateEvent {
  readonly kind: "truncate";
  readonly call: string;
  readonly ino: number;
  readonly length: number;
}

/** A file's data, or a directory's entries, made to last. */
export interface SyncEvent {
  readonly kind: "sync";
  readonly call: string;
  readonly ino: number;
}

/** Inode of the directory that everything is in. */
export const ROOT = 1;

/** The disk after a power failure, or one that has just been made. */
export function diskOf(image: Image): Disk {
  return { image, events: [] };
}

/** An empty disk. */
export function emptyImage(): Image {
  return new Map([[ROOT, new Map()]]);
}

/** Everything that the disk was told, whether it was synced or not. */
export function settledImage({ image, events }: Disk): Image {
  const nodes = imageWith(image, events);
  for (const event of events) {
    if (event.kind !== "write" && event.kind !== "truncate") continue;
    const before = nodes.get(event.ino) as Uint8Array;
    nodes.set(event.ino, changed(before, event));
  }
  return nodes;
}

/** The image after these changes of entries; files that were made are empty. */
export function imageWith(
  image: Image,
  events: Iterable<DiskEvent>,
): Map<number, ImageNode> {
  const nodes = new Map(image);
  const own = new Set<number>();
  for (const event of events) {
    if (event.kind !== "entries") continue;
    const { made, changes } = event;
    if (made) nodes.set(made.ino, made.isDirectory ? new Map() : NOTHING);
    for (const { directory, name, ino } of changes) {
      if (!own.has(directory)) {
        own.add(directory);
        nodes.set(directory, new Map(entriesOf(nodes, directory)));
      }
      const entries = nodes.get(directory) as Map<string, number>;
      if (ino === undefined) entries.delete(name);
      else entries.set(name, ino);
    }
  }
  return nodes;
}

/** The file's bytes after a write. */
export function written(
  before: Uint8Array,
  { offset, bytes }: WriteEvent,
): Uint8Array {
  const after = new Uint8Array(Math.max(before.length, offset + bytes.length));
  after.set(before);
  after.set(bytes, offset);
  return after;
}

/** The file's bytes after it was cut off. */
export function truncated(before: Uint8Array, length: number): Uint8Array {
  const after = new Uint8Array(length);
  after.set(before.subarray(0, length));
  return after;
}

/** The file's bytes after a write or a truncation. */
export function changed(
  before: Uint8Array,
  event: WriteEvent | TruncateEvent,
): Uint8Array {
  return event.kind === "write"
    ? written(before, event)
    : truncated(before, event.length);
}

/** Inodes that a path leads to. */
export function reachable(image: Image): Set<number> {
  const found = new Set([ROOT]);
  for (const ino of found) {
    const node = image.get(ino);
    if (node instanceof Map) {
      for (const child of node.values()) found.add(child);
    }
  }
  return found;
}

const NOTHING = new Uint8Array(0);

function entriesOf(nodes: Image, ino: number): ReadonlyMap<string, number> {
  // A directory whose making did not persist: nothing leads to it.
  return (nodes.get(ino) ?? new Map()) as ReadonlyMap<string, number>;
}
