import { assert, assertEquals } from "@std/assert";
import { StorageError } from "../../../mod.ts";
import { Bench, requireNamed } from "./_sandbox.ts";
import type { HostileCase } from "./_case.ts";

/**
 * No case takes a second by itself; a machine that is busy with other things
 * gets ten, since what hangs has no end anyway.
 */
const LONGEST_MS = 10_000;

/** Runs a case and throws unless all is as wanted and the canary is well. */
export async function judge({ wanted, run }: HostileCase): Promise<void> {
  await using bench = await Bench.make();
  const before = bench.canary();
  let value: unknown;
  let thrown: unknown;
  try {
    value = await inTime(async () => await run(bench));
  } catch (error) {
    thrown = error;
  }
  assertEquals(bench.canary(), before, "something outside has changed");
  if (wanted.kind === "given") {
    if (thrown !== undefined) throw thrown;
    assertEquals(value, wanted.value);
    return;
  }
  if (!(thrown instanceof StorageError)) {
    throw new Error(`${wanted.code} was wanted, not ${Deno.inspect(value)}`, {
      cause: thrown,
    });
  }
  assertEquals(thrown.code, wanted.code, thrown.message);
  requireNamed(thrown);
  for (const part of wanted.says) {
    assert(thrown.message.includes(part), `${thrown.message} lacks ${part}`);
  }
}

async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const startMs = performance.now();
  const overdue = () => reject(new Error(`took over ${LONGEST_MS} ms`));
  const timer = setTimeout(overdue, LONGEST_MS);
  try {
    const value = await Promise.race([work(), tooLate]);
    // What held the event loop has held the timer, too.
    assert(performance.now() - startMs < LONGEST_MS, "held the event loop");
    return value;
  } finally {
    clearTimeout(timer);
  }
}
