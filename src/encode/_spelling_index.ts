/** Spellings that are kept; when there are more the index starts anew. */
const MAX_SPELLINGS = 8192;

/** Bytes of the longest spelling that is kept. */
export const MAX_SPELLING_BYTES = 256;

/** A node's children, one a byte; then its position and a spelling below. */
const NODE_SIZE = 258;
const POSITION = 256;
const EXAMPLE = 257;

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
 * types and five satellites two look-ups and one comparison. It keeps no more
 * than 8,192 spellings, and no longer ones than `MAX_SPELLING_BYTES`.
 */
export class SpellingIndex {
  #nodes = new Int32Array(4 * NODE_SIZE);
  #nodeCount = 0;
  #root = NOTHING;
  /** The spellings one after another, each from a word of its own on. */
  #words = new Int32Array(256);
  #wordCount = 0;
  #starts: number[] = [];
  #lengthsBytes: number[] = [];
  #codes: number[] = [];

  /**
   * The number of the spelling that stands at an offset, or -1. As many bytes
   * as the longest spelling has, and 4 more, must be readable from there.
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
    const lengthBytes = this.#lengthsBytes[spelling]!;
    const fullWords = lengthBytes >> 2;
    let word = this.#starts[spelling]!;
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
    return this.#lengthsBytes[spelling]!;
  }

  /** The code that was added with a spelling that `find` found. */
  code(spelling: number): number {
    return this.#codes[spelling]!;
  }

  /** Adds a spelling that `find` did not find. */
  add(bytes: Uint8Array, code: number): void {
    if (bytes.length > MAX_SPELLING_BYTES) return;
    if (this.#codes.length === MAX_SPELLINGS) this.#clear();
    const added = this.#store(bytes, code) + 1;
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
    const word = this.#words[this.#starts[spelling]! + (position >> 2)]!;
    return (word >> (8 * (position & 3))) & 0xff;
  }

  #store(bytes: Uint8Array, code: number): number {
    const padded = new DataView(new ArrayBuffer((bytes.length & ~3) + 4));
    new Uint8Array(padded.buffer).set(bytes);
    this.#starts.push(this.#wordCount);
    this.#lengthsBytes.push(bytes.length);
    this.#words = grown(this.#words, this.#wordCount + padded.byteLength / 4);
    for (let at = 0; at < padded.byteLength; at += 4) {
      this.#words[this.#wordCount++] = padded.getInt32(at, true);
    }
    return this.#codes.push(code) - 1;
  }

  #addNode(position: number, example: number): number {
    const node = this.#nodeCount++;
    this.#nodes = grown(this.#nodes, this.#nodeCount * NODE_SIZE);
    this.#nodes[node * NODE_SIZE + POSITION] = position;
    this.#nodes[node * NODE_SIZE + EXAMPLE] = example;
    return ~node;
  }

  #clear(): void {
    this.#nodes.fill(NOTHING);
    this.#nodeCount = 0;
    this.#root = NOTHING;
    this.#wordCount = 0;
    this.#starts = [];
    this.#lengthsBytes = [];
    this.#codes = [];
  }
}
