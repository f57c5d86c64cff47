import { assert, assertEquals, assertRejects } from "@std/assert";
import { Patience } from "../../src/server/patience.ts";
import { isConnectionLost, isTransient } from "../../src/server/transient.ts";

function failure(code: string): Error {
  return Object.assign(new Error(`failed with ${code}`), { code });
}

/** Codes, whether the same may succeed later, and whether the connection is gone. */
const CODES: readonly [code: string, passes: boolean, isLost: boolean][] = [
  ["08006", true, true],
  ["57P01", true, true],
  ["57P02", true, true],
  ["57P03", true, true],
  ["25P03", true, true],
  ["ECONNREFUSED", true, true],
  ["ECONNRESET", true, true],
  ["EPIPE", true, true],
  ["ENOTFOUND", true, true],
  ["CONNECTION_CLOSED", true, true],
  ["STALLED", true, true],
  ["40001", true, false],
  ["40P01", true, false],
  ["53300", true, false],
  ["55P03", true, false],
  ["28P01", false, false],
  ["42501", false, false],
  ["53100", false, false],
  ["23505", false, false],
  ["22P02", false, false],
  ["TLS_REFUSED", false, false],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", false, false],
];

Deno.test("isTransient() tells what passes by itself, and isConnectionLost() what needs another connection", () => {
  for (const [code, passes, isLost] of CODES) {
    assertEquals(isTransient(failure(code)), passes, code);
    assertEquals(isConnectionLost(failure(code)), isLost, code);
  }
  assert(!isTransient(new Error("anything")) && !isTransient(undefined));
});

Deno.test("Patience tries again what passes by itself, and tells of it", async () => {
  const told: string[] = [];
  const patience = new Patience({
    patienceMs: 60_000,
    onRetry: ({ message }) => told.push(message),
  });
  const codes = ["40001", "57P01", "53300"];
  const result = await patience.retry(() => {
    const code = codes.shift();
    return code === undefined
      ? Promise.resolve("done")
      : Promise.reject(failure(code));
  });
  assertEquals(result, "done");
  assertEquals(told.map((it) => it.split(" ").at(-1)), [
    ...["40001", "57P01", "53300"],
  ]);
});

Deno.test("Patience gives up at once what does not pass, and after its time what does", async () => {
  for (const [patienceMs, code] of [[60_000, "42501"], [0, "57P01"]] as const) {
    let tries = 0;
    const patience = new Patience({ patienceMs });
    const error = await assertRejects(() =>
      patience.retry(() => {
        tries++;
        return Promise.reject(failure(code));
      })
    );
    assertEquals([tries, (error as { code?: string }).code], [1, code]);
  }
});

Deno.test("Patience ends when it is told to, even in a pause", async () => {
  const stop = new AbortController();
  const patience = new Patience({
    ...{ patienceMs: Infinity, signal: stop.signal },
    onRetry: () => stop.abort(new Error("enough")),
  });
  const error = await assertRejects(() =>
    patience.retry(() => Promise.reject(failure("57P03")))
  );
  assertEquals((error as Error).message, "enough");
});
