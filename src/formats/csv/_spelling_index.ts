/** Words that all spellings may take: 2 MiB. */
const MAX_WORDS = 2 ** 19;

/** Nodes that there may be: 4 MiB. */
const MAX_NODES = 4096;

/** Bytes of the longest spelling that is kept. */
export const MAX_SPELLING_BYTES = 256;

/** A node's children, one a byte; then its position and a spelling below. */
const NODE_SIZE = 258;
const POSITION = 256;
const EXAMPLE = 257;

/** Where the words of a spelling are: its code, its length, then its bytes. */
const CODE = 0;
const LENGTH_BYTES = 1;
const BYTES = 2;

/** A child: a node is below 0, a spelling above. */
const NOTHING = 0;

/** The last word of a spelling, without the bytes that follow it. */
function lastWord(word: number, lengthBytes: number): number {
  return word & ((1 << (8 * (lengthBytes & 3))) - 1);
}

/** The array, or a longer one that begins with it. */
function grown(
  array: Int32Array<ArrayBuffer>,
  length: number,
): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const longer = new Int32Array(Math.max(length, 2 * array.length));
  longer.set(array);
  return longer;
}

/**
 * Finds which of the byte strings seen before stands somewhere, without
 * looking for its end: how the two ids of a series are spelled in a CSV, with
 * their quotes and the comma after each. None of the strings may begin
 * another; those two fields don't, as the commas that end them show.
 *
 * It is a radix tree over the bytes in which spellings differ (D. R. Morrison,
 * PATRICIA, 1968, https://doi.org/10.1145/321479.321481): with three metric
 * types and five satellites two look-ups and one comparison. It takes up to
 * 6 MiB, which is 4,096 spellings at the least and 40,000 where satellites are
 * numbered, none of them longer than `MAX_SPELLING_BYTES`. Others are not kept.
 *
 * Note: starting anew when it is full is many times as slow where series take
 * turns, as each is then forgotten before it comes again.
 */
export class SpellingIndex {
  #nodes = new Int32Array(4 * NODE_SIZE);
  #nodeCount = 0;
  #root = NOTHING;
  /** The spellings one after another; each is known by where it starts. */
  #words = new Int32Array(256);
  #wordCount = 0;

  /**
   * The spelling that stands at an offset, or -1. As many bytes as the longest
   * spelling has, and 4 more, must be readable from there.
   */
  find(view: DataView, at: number): number {
    let child = this.#root;
    while (child < 0) {
      const node = ~child * NODE_SIZE;
      const position = this.#nodes[node + POSITION]!;
      child = this.#nodes[node + view.getUint8(at + position)]!;
    }
    if (child === NOTHING) return -1;
    const spelling = child - 1;
    const lengthBytes = this.lengthBytes(spelling);
    const fullWords = lengthBytes >> 2;
    let word = spelling + BYTES;
    let from = at;
    for (const end = word + fullWords; word < end; word++, from += 4) {
      if (view.getInt32(from, true) !== this.#words[word]!) return -1;
    }
    return lastWord(view.getInt32(from, true), lengthBytes) ===
        this.#words[word]!
      ? spelling
      : -1;
  }

  /** The length of a spelling that `find` found. */
  lengthBytes(spelling: number): number {
    return this.#words[spelling + LENGTH_BYTES]!;
  }

  /** The code that was added with a spelling that `find` found. */
  code(spelling: number): number {
    return this.#words[spelling + CODE]!;
  }

  /** Adds a spelling that `find` did not find, if there is room for it. */
  add(bytes: Uint8Array, code: number): void {
    const wordsNeeded = BYTES + (bytes.length >> 2) + 1;
    if (
      bytes.length > MAX_SPELLING_BYTES || this.#nodeCount === MAX_NODES ||
      this.#wordCount + wordsNeeded > MAX_WORDS
    ) return;
    const added = this.#store(bytes, code, wordsNeeded) + 1;
    if (this.#root === NOTHING) {
      this.#root = added;
      return;
    }
    const similar = this.#similar(bytes);
    let position = 0;
    while (this.#byte(similar, position) === bytes[position]) position++;
    let slot = -1;
    let child = this.#root;
    while (child < 0 && this.#position(child) < position) {
      slot = ~child * NODE_SIZE + bytes[this.#position(child)]!;
      child = this.#nodes[slot]!;
    }
    if (child > 0 || this.#position(child) > position) {
      const node = this.#addNode(position, similar);
      this.#nodes[~node * NODE_SIZE + this.#byte(similar, position)] = child;
      if (slot === -1) this.#root = node;
      else this.#nodes[slot] = node;
      child = node;
    }
    this.#nodes[~child * NODE_SIZE + bytes[position]!] = added;
  }

  /** A spelling that no other has more leading bytes in common with. */
  #similar(bytes: Uint8Array): number {
    let child = this.#root;
    while (child < 0) {
      const node = ~child * NODE_SIZE;
      const byte = bytes[this.#position(child)] ?? 0;
      child = this.#nodes[node + byte]!;
      if (child === NOTHING) return this.#nodes[node + EXAMPLE]!;
    }
    return child - 1;
  }

  #position(node: number): number {
    return this.#nodes[~node * NODE_SIZE + POSITION]!;
  }

  #byte(spelling: number, position: number): number {
    const word = this.#words[spelling + BYTES + (position >> 2)]!;
    return (word >> (8 * (position & 3))) & 0xff;
  }

  #store(bytes: Uint8Array, code: number, wordsNeeded: number): number {
    const spelling = this.#wordCount;
    this.#wordCount += wordsNeeded;
    this.#words = grown(this.#words, this.#wordCount);
    this.#words[spelling + CODE] = code;
    this.#words[spelling + LENGTH_BYTES] = bytes.length;
    for (let at = 0; at < bytes.length; at++) {
      this.#words[spelling + BYTES + (at >> 2)]! |= bytes[at]! <<
        (8 * (at & 3));
    }
    return spelling;
  }

  #addNode(position: number, example: number): number {
    const node = this.#nodeCount++;
    this.#nodes = grown(this.#nodes, this.#nodeCount * NODE_SIZE);
    this.#nodes[node * NODE_SIZE + POSITION] = position;
    this.#nodes[node * NODE_SIZE + EXAMPLE] = example;
    return ~node;
  }
}
