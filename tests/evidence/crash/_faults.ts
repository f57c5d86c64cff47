import { StorageError } from "../../../src/model/errors.ts";
import { passesForFresh } from "./_catalog_view.ts";
import { crashStates } from "./_crash_states.ts";
import { type Disk, diskOf, type Image, settledImage } from "./_disk.ts";
import type { Scenario, Violation } from "./_explore.ts";
import type { SystemCall, SystemCallName } from "./_memory_files.ts";
import type { Observer } from "./_observe.ts";
import {
  type Action,
  DELETE,
  isCommit,
  processOver,
  READ,
  REPAIR,
  save,
} from "./_runs.ts";
import { systemError } from "./_system_error.ts";
import { treeKey } from "./_tree_key.ts";

/** One thing that goes wrong, or goes wrong from there on. */
export interface Fault {
  readonly index: number;
  /** An errno, or a write that takes half, one or none of the bytes. */
  readonly kind: string;
  readonly isSticky: boolean;
}

/** How far to go. */
export interface InjectOptions {
  readonly observer: Observer;
  /** Of how many faults one is injected. @default {1} */
  readonly every?: number;
  /** Whether a second fault hits what follows the first. @default {true} */
  readonly twice?: boolean;
  readonly onViolation: (violation: Violation) => void;
}

const ANY = ["EIO", "EACCES", "EPERM", "ESTALE", "EINTR"];
const NAMED = [...ANY, "ENOENT", "ENAMETOOLONG"];
const ROOM = ["ENOSPC", "EDQUOT", "EROFS"];

/** What each call can fail with: what its manual page says, and Linux does. */
export const FAULTS: Readonly<Record<SystemCallName, readonly string[]>> = {
  lstat: NAMED,
  stat: NAMED,
  mkdir: [...NAMED, ...ROOM, "EEXIST"],
  open: [...NAMED, "EMFILE", "ENFILE"],
  create: [...NAMED, ...ROOM, "EMFILE", "ENFILE", "EEXIST"],
  read: ["EIO", "ESTALE", "EINTR"],
  write: ["EIO", "ESTALE", "EINTR", ...ROOM, "EFBIG", "half", "one", "none"],
  truncate: ["EIO", "EINTR", "EROFS"],
  fdatasync: ["EIO", "ESTALE", "EINTR", ...ROOM],
  fsync: ["EIO", "ESTALE", "EINTR", ...ROOM],
  fstat: ["EIO", "ESTALE", "EACCES"],
  flock: ["EIO", "ESTALE", "EINTR", "ENOLCK"],
  readdir: [...NAMED, "EMFILE", "ENFILE"],
  readfile: [...NAMED, "EMFILE", "ENFILE"],
  unlink: [...NAMED, "EROFS", "EBUSY"],
  rmdir: [...NAMED, "EROFS", "EBUSY", "ENOTEMPTY"],
  rename: [...NAMED, ...ROOM, "ENOTEMPTY", "EEXIST", "EXDEV"],
};

/** Of what was not synced, after a fault. */
const SUBSETS = 64;

/** A call that has not settled by then never will; in milliseconds. */
const HANG_MS = 5_000;

/** What the last of two faults hits. */
const FOLLOWERS = [READ, REPAIR, save("D")];

/**
 * Lets every call of a scenario fail in every way it can, once and from there
 * on; cuts the power after that; and lets a second fault hit what follows.
 */
export class Injector {
  /** Faults, second faults, and states after a power failure so far. */
  faults = 0;
  secondFaults = 0;
  states = 0;
  readonly #options: InjectOptions;
  readonly #followed = new Set<string>();
  readonly #cut = new Set<string>();
  #scenario = "";
  #turn = 0;
  /** What the run read as when a catalog last looked at it. */
  #cataloged = "";

  constructor(options: InjectOptions) {
    this.#options = options;
  }

  /** Injects every fault into one scenario. */
  async inject({ name, image, action }: Scenario): Promise<void> {
    const { every = 1, twice = true } = this.#options;
    this.#scenario = name;
    this.#cataloged = (await this.#options.observer.observe(image)).reads;
    for (const fault of await faultsOf(image, action)) {
      if (this.#turn++ % every !== 0) continue;
      this.faults++;
      const disk = await this.#tryOut(image, action, fault);
      if (disk === undefined || !twice) continue;
      const live = settledImage(disk);
      const key = treeKey(live);
      if (this.#followed.has(key)) continue;
      this.#followed.add(key);
      for (const follower of FOLLOWERS) {
        for (const second of await faultsOf(live, follower)) {
          if (second.isSticky) continue;
          this.secondFaults++;
          await this.#tryOut(live, follower, second, fault);
        }
      }
    }
  }

  async #tryOut(
    image: Image,
    action: Action,
    fault: Fault,
    first?: Fault,
  ): Promise<Disk | undefined> {
    const { observer } = this.#options;
    const old = (await observer.observe(image)).reads;
    const disk = diskOf(image);
    let hit: SystemCall | undefined;
    const { isCompressed } = action;
    const { files, store, runs } = processOver(disk, {
      isCompressed,
      onCall: (call) => {
        const isHit = call.index === fault.index ||
          fault.isSticky && call.index > fault.index &&
            FAULTS[call.name].includes(fault.kind);
        if (!isHit) return undefined;
        hit ??= call;
        if (fault.kind === "half") return 60;
        if (fault.kind === "one") return 1;
        if (fault.kind === "none") return 0;
        throw systemError(fault.kind);
      },
    });
    const report = (what: string) =>
      this.#options.onViolation({
        scenario: this.#scenario,
        state: this.faults + this.secondFaults,
        what: `${what}\n${action.name} with ${fault.kind}` +
          `${fault.isSticky ? " from there on" : ""} in ${hit?.name} ` +
          `${hit?.path} (call ${fault.index})` +
          `${first ? ` after ${first.kind} in call ${first.index}` : ""}\n` +
          disk.events.map(({ call }) => call).join("\n"),
      });

    const outcome = await settled(action.act(store, runs));
    if (outcome.kind === "hang" || files.isRunaway) {
      report("does not end");
      return undefined;
    }
    for (const { path } of files.open_) report(`left open: ${path}`);
    const isDone = disk.events.some(isCommit);
    if (outcome.kind === "error") {
      const { error } = outcome;
      // It compresses one run after the other, and may have done the first.
      const isOneOfMany = isDone && action.name === "compress";
      const isCommitted = error instanceof StorageError &&
        error.code === "COMMITTED_NOT_PUBLISHED";
      if (!(error instanceof StorageError)) report(`throws ${error}`);
      else if (isCommitted !== isDone && !isOneOfMany) {
        report(`throws ${error.code}, and committed is ${isDone}`);
      }
    } else if (action.becomes !== undefined && !isDone) {
      // A deletion that finds nothing, or is told so, says false.
      const saysSo = action === DELETE && outcome.value === false;
      if (!saysSo) report("resolves and did nothing");
      else if (action.becomes(old) !== old && fault.kind !== "ENOENT") {
        report("finds nothing to delete");
      }
    }
    // Note: a summary or a record that is there and is denied, where another
    // program has saved over a commit, is left out: none but the holder of the
    // lock removes these, so no race makes it.
    const isHidden = fault.kind === "ENOENT" && hit?.name === "lstat" &&
      this.#scenario.includes("has saved over") &&
      /latency_summary\.json$|commit\.json$/.test(hit.path);
    if (isHidden) return undefined;
    const wanted = isDone ? action.becomes?.(old) ?? old : old;
    const { reads, flaws } = await observer.observe(settledImage(disk));
    if (reads !== wanted || flaws.length > 0) {
      report(`reads ${reads}, not ${wanted}; ${flaws.join("; ")}`);
    }
    if (
      reads !== this.#cataloged && passesForFresh(settledImage(disk)) &&
      !isCatalogDenied(fault, hit)
    ) report(`a catalog still has ${this.#cataloged}, not ${reads}`);
    // Note: a `.commit` that is there and is denied is left out. None but the
    // holder of the lock removes it, so no race makes this; a save that is
    // told so leaves the commit to a reader, whole but not synced.
    const isDenied = fault.kind === "ENOENT" && hit?.name === "lstat" &&
      hit.path.endsWith("/.commit");
    if (first === undefined && !isDenied) {
      const isExcused = isCatalogDenied(fault, hit);
      await this.#cutPower(
        disk,
        outcome.kind,
        { old, action, isExcused },
        report,
      );
    }
    // What is excused here would be found again after every second fault.
    return isCatalogDenied(fault, hit) ? undefined : disk;
  }

  async #cutPower(
    disk: Disk,
    outcome: "value" | "error",
    { old, action, isExcused }: {
      old: string;
      action: Action;
      isExcused: boolean;
    },
    report: (what: string) => void,
  ): Promise<void> {
    // Disks that were told the same can become the same.
    const mount = /\/disk-\d+|[0-9a-f]{8}-[0-9a-f-]{27}/g;
    const key = [this.#scenario, outcome, ...disk.events.map((e) => e.call)]
      .join("\n").replace(mount, "");
    if (this.#cut.has(key)) return;
    this.#cut.add(key);
    const isDone = disk.events.some(isCommit);
    const allowed = !isDone
      ? [old]
      : outcome === "value"
      ? [action.becomes?.(old) ?? old]
      : [old, action.becomes?.(old) ?? old];
    const from = disk.events.length;
    for (const state of crashStates(disk, { from, limit: SUBSETS })) {
      this.states++;
      const { reads, flaws } = await this.#options.observer.observe(
        state.image,
      );
      const isHidden = reads !== this.#cataloged &&
        passesForFresh(state.image) && !isExcused;
      if (!allowed.includes(reads) || flaws.length > 0 || isHidden) {
        report(
          `${
            isHidden ? `a catalog still has ${this.#cataloged}; ` : ""
          }reads ${reads}, not ${allowed.join(" or ")}, after a power ` +
            `failure; ${flaws.join("; ")}\n${state.kept()}`,
        );
      }
    }
  }
}

/**
 * Whether a catalog that is there is denied: then a save does not know of it.
 * Nobody takes one away for a moment, so no race makes this.
 */
function isCatalogDenied(fault: Fault, hit: SystemCall | undefined): boolean {
  return fault.kind === "ENOENT" && hit?.name === "lstat" &&
    hit.path.includes("/.catalog");
}

/** Everything that can go wrong when this is done to this disk. */
async function faultsOf(image: Image, action: Action): Promise<Fault[]> {
  const { isCompressed } = action;
  const { files, store, runs } = processOver(diskOf(image), { isCompressed });
  await action.act(store, runs);
  return files.calls.flatMap(({ index, name }) =>
    FAULTS[name].flatMap((kind) => [
      { index, kind, isSticky: false },
      { index, kind, isSticky: true },
    ])
  );
}

type Outcome =
  | { kind: "value"; value: unknown }
  | { kind: "error"; error: unknown }
  | { kind: "hang" };

async function settled(work: Promise<unknown>): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hang = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "hang" }), HANG_MS);
  });
  try {
    return await Promise.race([
      work.then(
        (value): Outcome => ({ kind: "value", value }),
        (error): Outcome => ({ kind: "error", error }),
      ),
      hang,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
