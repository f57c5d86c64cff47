import { passesForFresh } from "./_catalog_view.ts";
import { crashStates, type CrashStatesOptions } from "./_crash_states.ts";
import { type Disk, diskOf, type Image, ROOT, settledImage } from "./_disk.ts";
import type { MemoryFiles } from "./_memory_files.ts";
import type { Observer } from "./_observe.ts";
import {
  ABSENT,
  type Action,
  COMPRESS,
  DELETE,
  imagesOfTwo,
  isCommit,
  processOver,
  READ,
  REPAIR,
  save,
  saveBoth,
  saveCompressed,
  startingImages,
} from "./_runs.ts";
import { treeKey } from "./_tree_key.ts";

/** Something done to a disk, whose every way to be cut short is looked at. */
export interface Scenario {
  readonly name: string;
  readonly image: Image;
  readonly action: Action;
}

/** A state that is not as it should be. */
export interface Violation {
  readonly scenario: string;
  /** Number of the state in its scenario. */
  readonly state: number;
  readonly what: string;
}

/** How far to go. */
export interface ExploreOptions {
  readonly observer: Observer;
  readonly tears: number;
  /** As of `crashStates()`. @default {Infinity} */
  readonly limit?: number;
  /** Whether what follows a crash is cut short as well. @default {true} */
  readonly nested?: boolean;
  /** Puts something between the store and the disk. */
  readonly change?: (files: MemoryFiles) => MemoryFiles;
  /** Is told of each state; a violation that returns true ends it all. */
  readonly onViolation: (violation: Violation) => void;
}

/** What processes do after another one has died. */
const FOLLOWERS = [READ, REPAIR, save("D"), DELETE];

/** Every disk to begin with, and everything that can be done to it. */
export async function scenarios(): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const [about, image] of await startingImages()) {
    const actions = [
      ...[save("C"), DELETE, READ, REPAIR],
      ...[saveCompressed("C"), COMPRESS, saveBoth("C")],
    ];
    for (const action of actions) {
      all.push({ name: `${action.name} over ${about}`, image, action });
    }
  }
  for (const [about, image] of await imagesOfTwo()) {
    for (
      const action of [save("C"), DELETE, READ, REPAIR, COMPRESS, saveBoth("C")]
    ) all.push({ name: `${action.name} over ${about}`, image, action });
  }
  return all;
}

/**
 * Looks at every way in which scenarios can be cut short, in the manner of
 * Pillai et al. (see `Disk`) and of Mohan et al., "Finding Crash-Consistency
 * Bugs with Bounded Black-Box Crash Testing" (CrashMonkey and ACE), OSDI 2018,
 * https://www.usenix.org/conference/osdi18/presentation/mohan
 */
export class Explorer {
  /** Crash states so far, and after how many of them a process was run. */
  states = 0;
  followed = 0;
  readonly #options: ExploreOptions;
  readonly #recovered = new Set<string>();
  #scenario = "";
  #state = 0;
  /** What the run read as when a catalog last looked at it. */
  #cataloged = "";

  constructor(options: ExploreOptions) {
    this.#options = options;
  }

  /** Looks at every state of one scenario. */
  async explore({ name, image, action }: Scenario): Promise<void> {
    const { observer, nested = true, tears } = this.#options;
    this.#scenario = name;
    this.#state = 0;
    const old = (await observer.observe(image)).reads;
    this.#cataloged = old;
    await this.#deathsOnly(image, action, old);

    const disk = await this.#run(diskOf(image), action);
    if (disk === undefined) return;
    const distinct = await this.#powerFailures(disk, {
      tears,
      before: [old],
      action,
      began: 0,
    });
    if (!nested) return;
    // The process dies, another one goes on, and then the power fails.
    for (let end = 0; end <= disk.events.length; end++) {
      const events = disk.events.slice(0, end);
      const before = action.becomes !== undefined && events.some(isCommit)
        ? [old, action.becomes(old)]
        : [old];
      for (const follower of FOLLOWERS) {
        const next = await this.#run({ image, events: [...events] }, follower);
        if (next === undefined) continue;
        await this.#powerFailures(next, {
          tears: 0,
          before,
          action: follower,
          began: end,
        });
      }
    }
    // The power fails, and fails again while a process recovers.
    for (const [key, crashed] of distinct) {
      if (this.#recovered.has(key)) continue;
      this.#recovered.add(key);
      const { reads } = await observer.observe(crashed);
      for (const follower of FOLLOWERS) {
        const next = await this.#run(diskOf(crashed), follower);
        if (next === undefined) continue;
        await this.#powerFailures(next, {
          tears: 0,
          before: [reads],
          action: follower,
          began: 0,
        });
      }
    }
  }

  /** Without syncs the death of a process still leaves old or new. */
  async #deathsOnly(image: Image, action: Action, old: string): Promise<void> {
    for (const durability of ["none", "fsync"] as const) {
      const disk = await this.#run(diskOf(image), action, durability);
      if (disk === undefined) continue;
      for (let end = 0; end <= disk.events.length; end++) {
        const events = disk.events.slice(0, end);
        const isDone = events.some(isCommit);
        await this.#check(
          settledImage({ image, events }),
          [isDone ? action.becomes?.(old) ?? old : old],
          () => `${action.name} died\n${told(disk, end)}`,
        );
      }
    }
  }

  /** Returns the disks that differ, among those without torn files. */
  async #powerFailures(
    disk: Disk,
    { tears, before, action, began }: {
      tears: number;
      before: readonly string[];
      action: Action;
      began: number;
    },
  ): Promise<Map<string, Image>> {
    const distinct = new Map<string, Image>();
    const { limit = Infinity } = this.#options;
    const options: CrashStatesOptions = { from: began, tears, limit };
    const { becomes } = action;
    const after = becomes === undefined ? before : before.map(becomes);
    const commit = disk.events.findIndex((event, at) =>
      at >= began && isCommit(event)
    );
    const end = disk.events.length;
    for (const state of crashStates(disk, options)) {
      const allowed = state.position === end && commit >= 0
        ? after
        : commit >= 0 && state.position > commit
        ? [...before, ...after]
        : before;
      // Note: who finds the results directory does not sync its parent, which
      // it may not be allowed to open. So if its maker died before that sync,
      // a power failure can take the directory away, with all that is in it.
      const isExcused = began > 0 && isGone(state.image) &&
        disk.events.slice(0, began).some(({ call }) => isMaking(call));
      await this.#check(
        state.image,
        isExcused ? [...allowed, ABSENT] : allowed,
        () =>
          `${action.name}, power failed\n${told(disk, state.position, began)}` +
          `\n${state.kept()}`,
      );
      if (state.isCoarse) distinct.set(treeKey(state.image), state.image);
    }
    return distinct;
  }

  async #run(
    disk: Disk,
    action: Action,
    durability: "fsync" | "none" = "fsync",
  ): Promise<Disk | undefined> {
    const { change } = this.#options;
    const { isCompressed } = action;
    const { files, store, runs } = processOver(disk, {
      ...{ durability, change, isCompressed },
    });
    this.followed++;
    try {
      await action.act(store, runs);
    } catch (error) {
      this.#report(`${action.name} fails: ${error}\n${told(disk, 999)}`);
      return undefined;
    }
    for (const { path } of files.open_) this.#report(`left open: ${path}`);
    return disk;
  }

  async #check(
    image: Image,
    allowed: readonly string[],
    about: () => string,
  ): Promise<void> {
    this.states++;
    this.#state++;
    const { reads, flaws } = await this.#options.observer.observe(image);
    const isHidden = reads !== this.#cataloged && passesForFresh(image);
    if (allowed.includes(reads) && flaws.length === 0 && !isHidden) return;
    this.#report(
      `${
        isHidden ? `a catalog still has ${this.#cataloged}; ` : ""
      }reads ${reads}, not ${allowed.join(" or ")}; ${flaws.join("; ")}\n` +
        `${about()}\nleft:\n${treeKey(image)}`,
    );
  }

  #report(what: string): void {
    this.#options.onViolation({
      scenario: this.#scenario,
      state: this.#state,
      what,
    });
  }
}

function isGone(image: Image): boolean {
  return (image.get(ROOT) as ReadonlyMap<string, number>).size === 0;
}

function isMaking(call: string): boolean {
  return call.startsWith("mkdir") && call.endsWith("/results");
}

/** The first events of a disk, for people. */
function told(disk: Disk, end: number, began = 0): string {
  return disk.events.slice(0, end).map(({ call }, at) =>
    `${at === began && began > 0 ? "-- another process --\n" : ""}${at} ${call}`
  ).join("\n");
}
