import { crashStates } from "./_crash_states.ts";
import { type Disk, diskOf, type Image, settledImage } from "./_disk.ts";
import type { Violation } from "./_explore.ts";
import { FAULTS } from "./_faults.ts";
import type { MemoryFiles } from "./_memory_files.ts";
import {
  isStorageError,
  observeStreams,
  Promises,
  type StreamProcess,
  streamProcess,
  type StreamScenario,
  type Wanted,
} from "./_streams.ts";
import { systemError } from "./_system_error.ts";
import { treeKey } from "./_tree_key.ts";

/** How far to go. */
export interface ExploreStreamsOptions {
  readonly tears: number;
  /** Whether the recovery from a crash is cut short as well. */
  readonly nested: boolean;
  readonly change?: (files: MemoryFiles) => MemoryFiles;
  readonly onViolation: (violation: Violation) => void;
}

/** Looks at every way in which streams can be cut short, and every fault. */
export class StreamExplorer {
  /** States that a crash or fault has left so far. */
  states = 0;
  faults = 0;
  readonly #options: ExploreStreamsOptions;
  readonly #recovered = new Set<string>();
  #scenario = "";
  #most = 1;

  constructor(options: ExploreStreamsOptions) {
    this.#options = options;
  }

  /** Looks at every state that a crash can leave. */
  async explore(scenario: StreamScenario): Promise<void> {
    const { name, image, before, act, most } = scenario;
    this.#scenario = name;
    this.#most = most;
    for (const durability of ["none", "fsync"] as const) {
      const { change, tears, nested } = this.#options;
      const disk = diskOf(image);
      const process = streamProcess(disk, { durability, change });
      const promises = new Promises();
      try {
        await act(process, promises);
      } catch (error) {
        this.#report(`fails: ${error}`, disk, Infinity);
        return;
      }
      this.#requireClosed(process, disk);
      for (let end = 0; end <= disk.events.length; end++) {
        const events = disk.events.slice(0, end);
        const wanted = both(before, promises.after(end));
        await this.#check(settledImage({ image, events }), wanted, disk, end);
        // Without syncs the power failure after it may take all of it.
        if (nested && durability === "fsync") {
          await this.#recoverAndCut({ image, events }, wanted);
        }
      }
      if (durability === "none") continue;
      for (const state of crashStates(disk, { tears })) {
        const wanted = both(before, promises.after(state.position));
        await this.#check(
          state.image,
          wanted,
          disk,
          state.position,
          state.kept,
        );
        if (nested && state.isCoarse) {
          await this.#recoverAndCut(diskOf(state.image), wanted);
        }
      }
    }
  }

  /** Lets every call fail in every way, once or from there on. */
  async inject(
    { name, image, before, act, most }: StreamScenario,
    every: number,
  ): Promise<void> {
    this.#scenario = name;
    this.#most = most;
    const { files, ...rest } = streamProcess(diskOf(image));
    await act({ files, ...rest }, new Promises());
    let turn = 0;
    for (const { index, name: call } of files.calls) {
      for (const kind of FAULTS[call]) {
        for (const isSticky of [false, true]) {
          if (turn++ % every !== 0) continue;
          this.faults++;
          await this.#tryOut(image, before, act, { index, kind, isSticky });
        }
      }
    }
  }

  async #tryOut(
    image: Image,
    before: Wanted,
    act: StreamScenario["act"],
    fault: { index: number; kind: string; isSticky: boolean },
  ): Promise<void> {
    const disk = diskOf(image);
    let hit = "";
    const process = streamProcess(disk, {
      onCall: ({ index, name, path }) => {
        const isHit = index === fault.index ||
          fault.isSticky && index > fault.index &&
            FAULTS[name].includes(fault.kind);
        if (!isHit) return undefined;
        hit ||= `${name} ${path}`;
        if (fault.kind === "half") return 60;
        if (fault.kind === "one") return 1;
        if (fault.kind === "none") return 0;
        throw systemError(fault.kind);
      },
    });
    const promises = new Promises();
    const about = () => `${fault.kind} in ${hit} (call ${fault.index})`;
    try {
      await act(process, promises);
    } catch (error) {
      if (!isStorageError(error)) {
        this.#report(`throws ${error}`, disk, Infinity, about);
      }
    }
    this.#requireClosed(process, disk, about);
    const wanted = both(before, promises.after(Infinity));
    const isClosed = promises.closedAt < Infinity;
    const really = { ...wanted, isClosed };
    await this.#check(settledImage(disk), really, disk, Infinity, about);
    if (fault.isSticky) return;
    for (const state of crashStates(disk, { from: disk.events.length })) {
      if (!state.isCoarse) continue;
      await this.#check(
        state.image,
        really,
        disk,
        Infinity,
        () => `${about()}, power failed\n${state.kept()}`,
      );
    }
  }

  /** A process recovers, and the power fails on the way or after it. */
  async #recoverAndCut(disk: Disk, wanted: Wanted): Promise<void> {
    const key = `${wanted.rows} ${treeKey(settledImage(disk))}`;
    if (disk.events.length === 0) {
      if (this.#recovered.has(key)) return;
      this.#recovered.add(key);
    }
    const from = disk.events.length;
    const { store } = streamProcess(disk, { change: this.#options.change });
    try {
      await store.recover();
    } catch (error) {
      this.#report(`recovery fails: ${error}`, disk, Infinity);
      return;
    }
    for (const state of crashStates(disk, { from })) {
      if (!state.isCoarse) continue;
      // What was written without a promise may be lost in the power failure.
      await this.#check(
        state.image,
        { ...wanted, isClosed: false },
        disk,
        state.position,
        state.kept,
      );
    }
  }

  async #check(
    image: Image,
    wanted: Wanted,
    disk: Disk,
    position: number,
    about: () => string = () => "",
  ): Promise<void> {
    this.states++;
    const { rows, runs, isClosed, flaws } = await observeStreams(image, this);
    const all = [...flaws];
    if (rows < wanted.rows) all.push(`${rows} rows of ${wanted.rows}`);
    if (runs < wanted.streams || runs > this.#most) {
      all.push(`${runs} runs, not ${wanted.streams} to ${this.#most}`);
    }
    if (wanted.isClosed && !isClosed) all.push("the run is not there");
    if (all.length === 0) return;
    this.#report(all.join("; "), disk, position, about, image);
  }

  #requireClosed(
    { files }: StreamProcess,
    disk: Disk,
    about?: () => string,
  ): void {
    for (const { path } of files.open_) {
      this.#report(`left open: ${path}`, disk, Infinity, about);
    }
  }

  #report(
    what: string,
    disk: Disk,
    position: number,
    about: () => string = () => "",
    image?: Image,
  ): void {
    const told = disk.events.slice(0, position).map(({ call }, at) =>
      `${at} ${call}`
    );
    this.#options.onViolation({
      scenario: this.#scenario,
      state: this.states,
      what: `${what}\n${about()}\n${told.join("\n")}` +
        (image ? `\nleft:\n${treeKey(image)}` : ""),
    });
  }
}

function both(a: Wanted, b: Wanted): Wanted {
  return {
    rows: Math.max(a.rows, b.rows),
    streams: a.streams + b.streams,
    isClosed: a.isClosed || b.isClosed,
  };
}
