const CR = 0x0d;
const LF = 0x0a;

/** Bytes with LF line ends as they were with CRLF, which git may make LF of. */
export function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  let lineFeeds = 0;
  for (const byte of bytes) if (byte === LF) lineFeeds++;
  const converted = new Uint8Array(bytes.length + lineFeeds);
  let at = 0;
  for (const byte of bytes) {
    if (byte === LF) converted[at++] = CR;
    converted[at++] = byte;
  }
  return converted;
}
