/** Names that are kept; with more, they are forgotten and begun anew. */
const MAX_NAMES = 10_000;

/** Metric types and satellites that have been met. */
export class NameTable {
  readonly #known = new Map<string, string>();

  /**
   * The same name, which holds no piece of the input in memory; `undefined` for
   * one that a collector would refuse.
   */
  find(name: string): string | undefined {
    return this.#known.get(name) ?? this.#add(name);
  }

  #add(name: string): string | undefined {
    if (flawOf(name) !== undefined) return undefined;
    if (this.#known.size === MAX_NAMES) this.#known.clear();
    // A slice would keep the text alive that it was cut from.
    const own = ` ${name}`.slice(1);
    this.#known.set(own, own);
    return own;
  }
}

/** Why a collector refuses a name, if it does. */
export function flawOf(name: string): string | undefined {
  if (name.trim() === "") return name === "" ? "empty" : "blank";
  if (!name.isWellFormed()) return "not well-formed Unicode";
  if (/\p{Cc}/u.test(name)) return "with control characters";
  return undefined;
}
