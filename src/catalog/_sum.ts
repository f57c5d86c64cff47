const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/**
 * A checksum of the values of a row, kept in it: SQLite has none, and of single
 * bits that flip, a third gave wrong answers without an error. It finds damage,
 * not forgery. 32-bit FNV-1a over code units and the words of doubles:
 * http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function sumOf(
  ...values: readonly (string | number | null)[]
): number {
  let sum = BASIS;
  for (const value of values) {
    if (typeof value === "string") {
      for (let i = 0; i < value.length; i++) {
        sum = Math.imul(sum ^ value.charCodeAt(i), PRIME);
      }
    } else if (value !== null) {
      float[0] = value;
      sum = Math.imul(sum ^ words[0]!, PRIME);
      sum = Math.imul(sum ^ words[1]!, PRIME);
    }
    // So that what one value loses the next cannot gain.
    sum = Math.imul(sum ^ 0x1f + (value === null ? 1 : 0), PRIME);
    sum ^= sum >>> 15;
  }
  return sum;
}
