import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { crc32 } from "node:zlib";
import { DamagedSketchError, DDSketch } from "../../mod.ts";

const SKETCH = DDSketch.of([-20, -0.5, 0, 0, 75.2, 131.7, 208.5, 208.5]);

/** The bytes with what is changed in them, and the checksum made to fit. */
function forged(change: (body: number[]) => void): Uint8Array {
  const body = [...SKETCH.encode().subarray(0, -4)];
  change(body);
  const bytes = new Uint8Array(body.length + 4);
  bytes.set(body);
  new DataView(bytes.buffer).setUint32(
    body.length,
    crc32(bytes.subarray(0, body.length)),
    true,
  );
  return bytes;
}

/** Where things are in that sketch. */
const AT = { relativeError: 4, count: 12, zeros: 13, min: 14, sum: 30 };

Deno.test("DDSketch.encode() gives these bytes", () => {
  assertEquals(
    SKETCH.encode().toHex(),
    "484c53317b14ae47e17a743f080200000000000034c00000000000106a4004209099999999996d090286c50401f0020103fcc8040137012c02999ff21d",
  );
  assertEquals(
    new DDSketch().encode().toHex(),
    "484c53317b14ae47e17a743f000000000000705095e2",
  );
});

Deno.test("DDSketch.decode() reads what was written, of any values", () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(fc.property(fc.array(double), (values) => {
    const bytes = DDSketch.of(values).encode();
    const decoded = DDSketch.decode(bytes);
    assertEquals(decoded.encode(), bytes);
    assertEquals(decoded.quantile(0.5), DDSketch.of(values).quantile(0.5));
  }));
});

Deno.test("DDSketch.decode() reads bytes that lie anywhere in a buffer", () => {
  const bytes = SKETCH.encode();
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 3);
  const within = larger.subarray(3, 3 + bytes.length);
  assertEquals(DDSketch.decode(within).encode(), bytes);
});

Deno.test("DDSketch.decode() refuses every flipped bit, missing byte and byte too many", () => {
  const bytes = SKETCH.encode();
  const refused = (damaged: Uint8Array) =>
    assertThrows(() => DDSketch.decode(damaged), DamagedSketchError);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    refused(damaged);
  }
  for (let length = 0; length < bytes.length; length++) {
    refused(bytes.subarray(0, length));
  }
  refused(Uint8Array.of(...bytes, 0));
});

Deno.test("DDSketch.decode() says what is wrong with bytes whose checksum fits", () => {
  const double = (value: number) =>
    new Uint8Array(Float64Array.of(value).buffer);
  const cases: [string, (body: number[]) => void][] = [
    ["version", (it) => it[3] = 0x32],
    ["not a sketch", (it) => it[0] = 0],
    [
      "relative error",
      (it) => it.splice(AT.relativeError, 8, ...double(0.5)),
    ],
    ["its buckets do not hold its count", (it) => it[AT.count]!++],
    ["its buckets do not hold its count", (it) => it[AT.zeros]!++],
    ["values from", (it) => it.splice(AT.min, 8, ...double(1e9))],
    ["values from", (it) => it.splice(AT.min, 8, ...double(NaN))],
    ["values from", (it) => it.splice(AT.min, 8, ...double(-Infinity))],
    ["the sum is too large", (it) => it[AT.sum] = 0x7f],
    ["the sum is too large", (it) => it[AT.sum + 1] = 0x7f],
    ["more buckets than bytes", (it) => it[it.length - 9] = 0x7f],
    ["more bytes than it says", (it) => it.push(0)],
    ["too early", (it) => it.splice(AT.count, Infinity, 0x80)],
    ["leading zeros", (it) => it.splice(AT.count, 1, 0x88, 0)],
    [
      "an integer is too large",
      (it) => it.splice(AT.count, 1, ...new Array(9).fill(0xff)),
    ],
    ["an empty bucket", (it) => it[it.length - 1] = 0],
    [
      "a bucket beyond all doubles",
      (it) => it.splice(it.length - 2, 1, 0xff, 0xff, 0x7f),
    ],
  ];
  for (const [message, change] of cases) {
    assertThrows(
      () => DDSketch.decode(forged(change)),
      DamagedSketchError,
      message,
    );
  }
});

Deno.test("DDSketch.decode() only ever throws a DamagedSketchError", () => {
  const length = SKETCH.encode().length - 4;
  fc.assert(
    fc.property(
      fc.nat(length - 5),
      fc.array(fc.nat(255), { maxLength: 12 }),
      fc.nat(12),
      (at, put, drop) => {
        const bytes = forged((it) => it.splice(4 + at, drop, ...put));
        try {
          DDSketch.decode(bytes);
        } catch (error) {
          assert(error instanceof DamagedSketchError, `${error}`);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

Deno.test("DDSketch.mergeEncoded() changes nothing where bytes are damaged", () => {
  const sketch = DDSketch.of([1, 2, 3]);
  const before = sketch.encode();
  const damaged = forged((it) => it[AT.count]!++);
  assertThrows(() => sketch.mergeEncoded(damaged), DamagedSketchError);
  assertEquals(sketch.encode(), before);
});
