import { assert, assertEquals } from "@std/assert";
import { gzip } from "../../src/formats/gzip.ts";
import { TurnCounter } from "../work/_turn_counter.ts";

Deno.test("gzip() gives way once in 16 KiB of a chunk", async () => {
  const chunk = new Uint8Array(4 * 65_536);
  for (let at = 0; at < chunk.length; at += 65_536) {
    crypto.getRandomValues(chunk.subarray(at, at + 65_536));
  }
  using counter = new TurnCounter();
  const compressed = new Blob(
    await Array.fromAsync(gzip([chunk])) as BlobPart[],
  );
  assert(counter.turns >= 16, `${counter.turns} turns`);
  const bytes = compressed.stream()
    .pipeThrough(new DecompressionStream("gzip"));
  assertEquals(new Uint8Array(await new Response(bytes).arrayBuffer()), chunk);
});
