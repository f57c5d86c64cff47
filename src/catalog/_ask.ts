import type { CatalogIndex, Freshness, Question } from "./_index.ts";
import { pauseAtRandom } from "./_pause.ts";
import { update } from "./_update.ts";

/** What came of a question. */
export interface Outcome<T> {
  readonly freshness: Freshness;
  /** `undefined` where there is no catalog. */
  readonly value: T | undefined;
}

/** How often a question is asked again because of changes meanwhile. */
const TRIES = 8;

/** Answers a question, after what has changed was entered. */
export async function ask<T>(
  index: CatalogIndex,
  question: Question<T>,
): Promise<Outcome<T>> {
  for (let tries = 0; tries < TRIES;) {
    const step = question();
    const glance = await index.hasMoved()
      ? { kind: "behind" } as const
      : index.glance(step);
    if (glance.kind === "none") return NONE;
    if (glance.kind === "busy") await pauseAtRandom();
    else tries++;
    if (glance.kind === "behind") {
      if (!await update(index)) break;
      index.watchAnew();
    }
    if (glance.kind !== "answer") continue;
    const { freshness, sequence } = glance;
    const value = glance.value === undefined
      ? await index.goOn(step, sequence)
      : glance.value;
    if (value !== undefined) return { freshness, value };
  }
  const value = await index.goOn(question(), undefined);
  return value === undefined ? NONE : { freshness: "stale", value };
}

const NONE = { freshness: "none", value: undefined } as const;
