/** `CLOCK_THREAD_CPUTIME_ID` of Linux. */
const THREAD_CPU_TIME = 3;

/**
 * A clock that goes only while this thread runs, in milliseconds: what other
 * processes take is not in it. `undefined` where there is no such clock.
 */
export function threadClock(): (() => number) | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const { symbols } = Deno.dlopen("libc.so.6", {
      clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
    });
    const time = new BigInt64Array(2);
    const bytes = new Uint8Array(time.buffer);
    return () => {
      symbols.clock_gettime(THREAD_CPU_TIME, bytes);
      return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
    };
  } catch {
    return undefined;
  }
}
