import { normal, seededRandom } from "../../bench/lib/data/random.ts";
import { DDSketch } from "../mod.ts";

const VALUES = 1_000_000;
const MERGED = 1500;
const ROUNDS = 7;

/** How fast values are counted and sketches merged, as a sentence. */
export function measureSketches(): string {
  const random = seededRandom(1);
  const values = Float64Array.from(
    { length: VALUES },
    () => 100 * Math.exp(normal(random, 0, 0.3)),
  );
  const each = VALUES / MERGED;
  const encoded = Array.from(
    { length: MERGED },
    (_, i) => DDSketch.of(values.subarray(i * each, (i + 1) * each)).encode(),
  );
  const addMs = bestMs(() => DDSketch.of(values));
  const mergeMs = bestMs(() => {
    const merged = new DDSketch();
    for (const bytes of encoded) merged.mergeEncoded(bytes);
  });
  const perSecond = VALUES / addMs * 1000 / 1e6;
  return `Sketches: ${perSecond.toFixed(1)} M values/s; ` +
    `${MERGED.toLocaleString("en")} of ${encoded[0]!.length} bytes merged in ${
      mergeMs.toFixed(1)
    } ms; one of a million values takes ${
      DDSketch.of(values).encode().length
    } bytes`;
}

function bestMs(work: () => void): number {
  return Math.min(...Array.from({ length: ROUNDS }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  }));
}
