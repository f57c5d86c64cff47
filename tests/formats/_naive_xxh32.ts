const MASK = 0xffff_ffffn;
const P1 = 0x9e3779b1n;
const P2 = 0x85ebca77n;
const P3 = 0xc2b2ae3dn;
const P4 = 0x27d4eb2fn;
const P5 = 0x165667b1n;

function rotate(word: bigint, bits: bigint): bigint {
  return (word << bits | word >> 32n - bits) & MASK;
}

/** XXH32 (seed 0) step by step as the specification numbers them. */
export function naiveXxh32(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number) => BigInt(view.getUint32(at, true));
  let at = 0;
  let hash = P5;
  if (bytes.length >= 16) {
    const lanes = [P1 + P2 & MASK, P2, 0n, -P1 & MASK];
    for (; at + 16 <= bytes.length; at += 16) {
      for (let lane = 0; lane < 4; lane++) {
        const mixed = lanes[lane]! + word(at + 4 * lane) * P2 & MASK;
        lanes[lane] = rotate(mixed, 13n) * P1 & MASK;
      }
    }
    hash = rotate(lanes[0]!, 1n) + rotate(lanes[1]!, 7n) +
      rotate(lanes[2]!, 12n) + rotate(lanes[3]!, 18n);
  }
  hash = hash + BigInt(bytes.length) & MASK;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = rotate(hash + word(at) * P3 & MASK, 17n) * P4 & MASK;
  }
  for (; at < bytes.length; at++) {
    hash = rotate(hash + BigInt(bytes[at]!) * P5 & MASK, 11n) * P1 & MASK;
  }
  hash = (hash ^ hash >> 15n) * P2 & MASK;
  hash = (hash ^ hash >> 13n) * P3 & MASK;
  hash ^= hash >> 16n;
  return hash.toString(16).padStart(8, "0");
}
