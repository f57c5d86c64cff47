import type { FileOperations } from "../../../src/disk/file_operations.ts";
import {
  type Disk,
  type EntryChange,
  type Image,
  ROOT,
  settledImage,
  truncated,
  written,
} from "./_disk.ts";
import { systemError } from "./_system_error.ts";

/** What the store asks of the system; a recursive removal is many. */
export type SystemCallName =
  | "lstat"
  | "stat"
  | "mkdir"
  | "open"
  | "create"
  | "read"
  | "write"
  | "truncate"
  | "fdatasync"
  | "fsync"
  | "fstat"
  | "flock"
  | "readdir"
  | "readfile"
  | "unlink"
  | "rmdir"
  | "rename";

/** One system call. */
export interface SystemCall {
  readonly index: number;
  readonly name: SystemCallName;
  readonly path: string;
}

/** Options of {@linkcode MemoryFiles}. */
export interface MemoryFilesOptions {
  /**
   * Where the disk appears: module state of the store is kept by path, so
   * every run of it needs a path of its own.
   */
  mount: string;
  /**
   * Is told of each call before it takes effect; may throw, and for a write
   * may return how many bytes are taken at most.
   */
  onCall?: (call: SystemCall) => number | undefined;
}

/** A store that makes this many calls for one small run does not end. */
const CALLS_LIMIT = 5_000;

/** File names on the file systems in use. */
const MAX_NAME_BYTES = 255;

const EPOCH = new Date(0);

interface LiveDirectory {
  readonly ino: number;
  readonly entries: Map<string, number>;
}

interface LiveFile {
  readonly ino: number;
  bytes: Uint8Array;
}

type LiveNode = LiveDirectory | LiveFile;

/**
 * The file operations over a disk in memory, with the semantics of POSIX and
 * the errors of Deno. Links and permissions are left out, since
 * the store uses none; an option that is not modelled throws.
 */
export class MemoryFiles implements FileOperations {
  readonly disk: Disk;
  /** Calls so far. */
  readonly calls: SystemCall[] = [];
  /** Handles that are open. */
  readonly open_ = new Set<MemoryFile>();
  readonly #mount: string;
  readonly #onCall: MemoryFilesOptions["onCall"];
  readonly #nodes = new Map<number, LiveNode>();
  readonly #locks = new Map<number, Map<MemoryFile, "shared" | "exclusive">>();
  #nextIno = ROOT + 1;

  constructor(disk: Disk, { mount, onCall }: MemoryFilesOptions) {
    this.disk = disk;
    this.#mount = mount;
    this.#onCall = onCall;
    for (const [ino, node] of settledImage(disk)) {
      this.#nodes.set(
        ino,
        node instanceof Uint8Array
          ? { ino, bytes: node }
          : { ino, entries: new Map(node) },
      );
      this.#nextIno = Math.max(this.#nextIno, ino + 1);
    }
  }

  /** Whether the store went on and on. */
  get isRunaway(): boolean {
    return this.calls.length > CALLS_LIMIT;
  }

  /** What a process sees. */
  get liveImage(): Image {
    return settledImage(this.disk);
  }

  lstatSync = (path: string | URL): Deno.FileInfo => {
    this.#call("lstat", path);
    return this.infoOf(this.#find(path));
  };

  /** There are no links to follow. */
  statSync = (path: string | URL): Deno.FileInfo => {
    this.#call("stat", path);
    return this.infoOf(this.#find(path));
  };

  /** There are no modes and owners. */
  chmod = (): Promise<void> => Promise.reject(new Error("not modelled"));
  chown = (): Promise<void> => Promise.reject(new Error("not modelled"));
  chmodSync = (): void => {
    throw new Error("not modelled");
  };
  chownSync = this.chmodSync;

  /** Every file has the same time. */
  utime = (): Promise<void> => Promise.resolve();

  mayWrite = (): boolean => true;

  ensureDir = (path: string): Promise<void> => this.mkdir(path);

  // deno-lint-ignore require-await
  mkdir = async (
    path: string | URL,
    options: Deno.MkdirOptions = {},
  ): Promise<void> => {
    refuseOthers(options, []);
    this.#call("mkdir", path);
    const [parent, name] = this.#place(path);
    if (parent.entries.has(name)) throw systemError("EEXIST");
    requireName(name);
    const ino = this.#nextIno++;
    this.#nodes.set(ino, { ino, entries: new Map() });
    this.#change(`mkdir ${path}`, [path], [
      { directory: parent.ino, name, ino },
    ], { ino, isDirectory: true });
  };

  // deno-lint-ignore require-await
  open = async (
    path: string | URL,
    options?: Deno.OpenOptions,
  ): Promise<Deno.FsFile> => {
    return this.openSync(path, options);
  };

  openSync = (
    path: string | URL,
    options: Deno.OpenOptions = { read: true },
  ): Deno.FsFile => {
    refuseOthers(options, ["read", "write", "append", "createNew", "mode"]);
    this.#call(options.createNew ? "create" : "open", path);
    const node = options.createNew ? this.#create(path) : this.#find(path);
    if ((options.write || options.append) && isDirectory(node)) {
      throw systemError("EISDIR");
    }
    const file = new MemoryFile(this, node.ino, String(path), options);
    this.open_.add(file);
    return file as unknown as Deno.FsFile;
  };

  async *readDir(path: string | URL): AsyncGenerator<Deno.DirEntry> {
    for (const entry of this.readDirSync(path)) {
      yield await Promise.resolve(entry);
    }
  }

  readDirSync = (
    path: string | URL,
  ): IteratorObject<Deno.DirEntry, undefined, unknown> => {
    this.#call("readdir", path);
    const { entries } = requireDirectory(this.#find(path));
    return [...entries].map(([name, ino]) => ({
      name,
      isFile: !isDirectory(this.nodeOf(ino)),
      isDirectory: isDirectory(this.nodeOf(ino)),
      isSymlink: false,
    })).values();
  };

  readFileSync = (path: string | URL): Uint8Array<ArrayBuffer> => {
    this.#call("readfile", path);
    const node = this.#find(path);
    if (isDirectory(node)) throw systemError("EISDIR");
    return node.bytes.slice();
  };

  // deno-lint-ignore require-await
  remove = async (
    path: string | URL,
    { recursive = false, ...others }: Deno.RemoveOptions = {},
  ): Promise<void> => {
    refuseOthers(others, []);
    this.#remove(String(path), recursive);
  };

  // deno-lint-ignore require-await
  rename = async (from: string | URL, to: string | URL): Promise<void> => {
    this.#call("rename", `${from} -> ${to}`);
    const [fromParent, fromName] = this.#place(from);
    const [toParent, toName] = this.#place(to);
    const node = this.#entry(fromParent, fromName);
    if (node === undefined) throw systemError("ENOENT");
    const there = this.#entry(toParent, toName);
    if (there === node) return;
    if (this.#isInside(toParent, node)) throw systemError("EINVAL");
    if (there !== undefined && this.#isInside(fromParent, there)) {
      throw systemError("ENOTEMPTY");
    }
    if (there !== undefined) {
      if (isDirectory(node)) {
        if (!isDirectory(there)) throw systemError("ENOTDIR");
        if (there.entries.size > 0) throw systemError("ENOTEMPTY");
      } else if (isDirectory(there)) throw systemError("EISDIR");
    }
    requireName(toName);
    this.#change(`rename ${from} -> ${to}`, [from, to], [
      { directory: fromParent.ino, name: fromName, ino: undefined },
      { directory: toParent.ino, name: toName, ino: node.ino },
    ]);
  };

  /** For handles: what is behind an inode number. */
  nodeOf(ino: number): LiveNode {
    return this.#nodes.get(ino)!;
  }

  /** For handles: what `stat` tells. */
  infoOf(node: LiveNode): Deno.FileInfo {
    const isFolder = isDirectory(node);
    let nlink = 1;
    if (isFolder) {
      nlink = 2;
      for (const ino of node.entries.values()) {
        if (isDirectory(this.nodeOf(ino))) nlink++;
      }
    }
    return {
      isFile: !isFolder,
      isDirectory: isFolder,
      isSymlink: false,
      size: isFolder ? 4096 : node.bytes.length,
      mtime: EPOCH,
      atime: EPOCH,
      birthtime: EPOCH,
      ctime: EPOCH,
      dev: 1,
      ino: node.ino,
      mode: null,
      nlink,
      uid: null,
      gid: null,
      rdev: null,
      blksize: null,
      blocks: null,
      isBlockDevice: null,
      isCharDevice: null,
      isFifo: null,
      isSocket: null,
    };
  }

  /** For handles: announces a call. */
  call(name: SystemCallName, path: string): number | undefined {
    return this.#call(name, path);
  }

  /** For handles: puts bytes into a file. */
  write(file: MemoryFile, offset: number, bytes: Uint8Array): void {
    const node = this.nodeOf(file.ino) as LiveFile;
    const call = `write ${file.path} ${bytes.length} bytes at ${offset}`;
    const event = {
      kind: "write",
      call,
      ino: file.ino,
      offset,
      bytes,
    } as const;
    node.bytes = written(node.bytes, event);
    this.disk.events.push(event);
  }

  /** For handles: cuts a file off. */
  truncate(file: MemoryFile, length: number): void {
    const node = this.nodeOf(file.ino) as LiveFile;
    node.bytes = truncated(node.bytes, length);
    this.disk.events.push({
      kind: "truncate",
      call: `truncate ${file.path} to ${length} bytes`,
      ino: file.ino,
      length,
    });
  }

  /** For handles: the `flock` of an inode, unless others are in the way. */
  tryLock(file: MemoryFile, kind: "shared" | "exclusive"): boolean {
    const holders = this.#locks.get(file.ino) ?? new Map();
    for (const [holder, other] of holders) {
      const isInTheWay = kind === "exclusive" || other === "exclusive";
      if (holder !== file && isInTheWay) return false;
    }
    this.#locks.set(file.ino, holders.set(file, kind));
    return true;
  }

  /** For handles: gives up the lock. */
  unlock(file: MemoryFile): void {
    this.#locks.get(file.ino)?.delete(file);
  }

  /** For handles: gives up handle and lock. */
  release(file: MemoryFile): void {
    this.open_.delete(file);
    this.unlock(file);
  }

  #call(name: SystemCallName, path: string | URL): number | undefined {
    const call = { index: this.calls.length, name, path: String(path) };
    this.calls.push(call);
    if (this.isRunaway) throw new Error("the store does not end");
    return this.#onCall?.(call);
  }

  #remove(path: string, recursive: boolean): void {
    const [parent, name] = this.#place(path);
    const node = this.#entry(parent, name);
    if (node !== undefined && isDirectory(node)) {
      if (recursive) {
        for (const child of [...node.entries.keys()]) {
          this.#remove(`${path}/${child}`, true);
        }
      }
      this.#call("rmdir", path);
      if (node.entries.size > 0) throw systemError("ENOTEMPTY");
      this.#change(`rmdir ${path}`, [path], [
        { directory: parent.ino, name, ino: undefined },
      ]);
      return;
    }
    this.#call("unlink", path);
    if (node === undefined) throw systemError("ENOENT");
    this.#change(`unlink ${path}`, [path], [
      { directory: parent.ino, name, ino: undefined },
    ]);
  }

  #create(path: string | URL): LiveFile {
    const [parent, name] = this.#place(path);
    if (parent.entries.has(name)) throw systemError("EEXIST");
    requireName(name);
    const ino = this.#nextIno++;
    const node = { ino, bytes: new Uint8Array(0) };
    this.#nodes.set(ino, node);
    this.#change(`create ${path}`, [path], [
      { directory: parent.ino, name, ino },
    ], { ino, isDirectory: false });
    return node;
  }

  #change(
    call: string,
    paths: (string | URL)[],
    changes: EntryChange[],
    made?: { ino: number; isDirectory: boolean },
  ): void {
    for (const { directory, name, ino } of changes) {
      const { entries } = this.nodeOf(directory) as LiveDirectory;
      if (ino === undefined) entries.delete(name);
      else entries.set(name, ino);
    }
    this.disk.events.push({
      kind: "entries",
      call,
      paths: paths.map((path) => this.#within(path)),
      changes,
      ...(made && { made }),
    });
  }

  #find(path: string | URL): LiveNode {
    let node = this.nodeOf(ROOT);
    for (const name of this.#names(path)) {
      const found = this.#entry(requireDirectory(node), name);
      if (found === undefined) {
        requireName(name);
        throw systemError("ENOENT");
      }
      node = found;
    }
    return node;
  }

  /** The directory that a path's last name is looked up in, and the name. */
  #place(path: string | URL): [LiveDirectory, string] {
    const names = this.#names(path);
    const name = names.pop();
    // The mount itself: it is there, and it stays.
    if (name === undefined) throw systemError("EEXIST");
    const parent = `${this.#mount}${names.map((name) => `/${name}`).join("")}`;
    return [requireDirectory(this.#find(parent)), name];
  }

  #entry(directory: LiveDirectory, name: string): LiveNode | undefined {
    const ino = directory.entries.get(name);
    return ino === undefined ? undefined : this.nodeOf(ino);
  }

  #isInside(node: LiveNode, ancestor: LiveNode): boolean {
    if (node === ancestor) return true;
    if (!isDirectory(ancestor)) return false;
    for (const ino of ancestor.entries.values()) {
      if (this.#isInside(node, this.nodeOf(ino))) return true;
    }
    return false;
  }

  #names(path: string | URL): string[] {
    return this.#within(path).split("/").filter((name) => name !== "");
  }

  #within(path: string | URL): string {
    const text = String(path);
    if (text !== this.#mount && !text.startsWith(`${this.#mount}/`)) {
      throw new Error(`outside of the disk: ${text}`);
    }
    return text.slice(this.#mount.length);
  }
}

/** An open file or directory: the part of `Deno.FsFile` that is used. */
export class MemoryFile implements Disposable {
  readonly ino: number;
  readonly path: string;
  readonly #files: MemoryFiles;
  readonly #options: Deno.OpenOptions;
  #position = 0;
  #isClosed = false;

  constructor(
    files: MemoryFiles,
    ino: number,
    path: string,
    options: Deno.OpenOptions,
  ) {
    this.#files = files;
    this.ino = ino;
    this.path = path;
    this.#options = options;
  }

  // deno-lint-ignore require-await
  async read(into: Uint8Array): Promise<number | null> {
    return this.readSync(into);
  }

  readSync(into: Uint8Array): number | null {
    const node = this.#use("read");
    if (!this.#options.read) throw systemError("EBADF");
    if (isDirectory(node)) throw systemError("EISDIR");
    const bytes = node.bytes.subarray(this.#position).subarray(0, into.length);
    into.set(bytes);
    this.#position += bytes.length;
    return bytes.length === 0 && into.length > 0 ? null : bytes.length;
  }

  seekSync(offset: number, whence: Deno.SeekMode): number {
    if (this.#isClosed) throw new Deno.errors.BadResource("closed");
    if (whence !== Deno.SeekMode.Start) throw new Error("not modelled");
    return this.#position = offset;
  }

  // deno-lint-ignore require-await
  async write(bytes: Uint8Array): Promise<number> {
    if (this.#isClosed) throw new Deno.errors.BadResource("closed");
    const limitBytes = this.#files.call("write", this.path) ?? bytes.length;
    const { write, append } = this.#options;
    if (!write && !append) throw systemError("EBADF");
    if (append) {
      const node = this.#files.nodeOf(this.ino) as LiveFile;
      this.#position = node.bytes.length;
    }
    const taken = bytes.slice(0, limitBytes);
    if (taken.length > 0) this.#files.write(this, this.#position, taken);
    this.#position += taken.length;
    return taken.length;
  }

  // deno-lint-ignore require-await
  async sync(): Promise<void> {
    this.#use("fsync");
    this.#synced("fsync");
  }

  // deno-lint-ignore require-await
  async syncData(): Promise<void> {
    this.#use("fdatasync");
    this.#synced("fdatasync");
  }

  // deno-lint-ignore require-await
  async stat(): Promise<Deno.FileInfo> {
    return this.statSync();
  }

  statSync(): Deno.FileInfo {
    return this.#files.infoOf(this.#use("fstat"));
  }

  // deno-lint-ignore require-await
  async tryLock(exclusive = false): Promise<boolean> {
    return this.tryLockSync(exclusive);
  }

  tryLockSync(exclusive = false): boolean {
    this.#use("flock");
    return this.#files.tryLock(this, exclusive ? "exclusive" : "shared");
  }

  unlockSync(): void {
    this.#use("flock");
    this.#files.unlock(this);
  }

  // deno-lint-ignore require-await
  async truncate(length = 0): Promise<void> {
    this.#use("truncate");
    this.#files.truncate(this, length);
  }

  close(): void {
    if (this.#isClosed) throw new Deno.errors.BadResource("closed");
    this.#isClosed = true;
    this.#files.release(this);
  }

  [Symbol.dispose](): void {
    if (!this.#isClosed) this.close();
  }

  #use(name: SystemCallName): LiveNode {
    if (this.#isClosed) throw new Deno.errors.BadResource("closed");
    this.#files.call(name, this.path);
    return this.#files.nodeOf(this.ino);
  }

  #synced(name: string): void {
    const call = `${name} ${this.path}`;
    this.#files.disk.events.push({ kind: "sync", call, ino: this.ino });
  }
}

function isDirectory(node: LiveNode): node is LiveDirectory {
  return "entries" in node;
}

function requireDirectory(node: LiveNode): LiveDirectory {
  if (!isDirectory(node)) throw systemError("ENOTDIR");
  return node;
}

function requireName(name: string): void {
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) {
    throw systemError("ENAMETOOLONG");
  }
}

function refuseOthers(options: object, modelled: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!modelled.includes(name)) throw new Error(`not modelled: ${name}`);
  }
}
