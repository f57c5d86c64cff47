/** Tells the time: Unix time in seconds, with a fraction. */
export type Clock = () => number;

/** How far the two clocks of the system may drift apart before we follow. */
const CLOCK_SET_MS = 2;

/** How long it may take until we notice that somebody has set the time. */
const CHECK_EVERY_MS = 100;

let originMs = performance.timeOrigin;
let checkAtMs = 0;

/** What {@linkcode readSystemClock} has read last. */
export const latestTime: Float64Array = new Float64Array(1);

/**
 * Unix time in seconds to the microsecond.
 *
 * `Date.now()` knows milliseconds only; the monotonic clock knows more but
 * not when somebody sets the time, so the one corrects the other.
 */
export function systemClock(): number {
  readSystemClock();
  return latestTime[0]!;
}

/**
 * The same, left in {@linkcode latestTime}: a call that the compiler does not
 * inline makes an object of every double that it returns.
 */
export function readSystemClock(): void {
  const sinceOriginMs = performance.now();
  if (sinceOriginMs >= checkAtMs) followWallClock(sinceOriginMs);
  latestTime[0] = Math.round((originMs + sinceOriginMs) * 1000) / 1e6;
}

function followWallClock(sinceOriginMs: number): void {
  const wallMs = Date.now();
  if (Math.abs(originMs + sinceOriginMs - wallMs) > CLOCK_SET_MS) {
    originMs = wallMs - sinceOriginMs;
  }
  checkAtMs = sinceOriginMs + CHECK_EVERY_MS;
}
