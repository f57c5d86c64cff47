/**
 * Does the work and asks a socket for an answer meanwhile, again and again;
 * whoever asks and whoever answers are beside the work, on its event loop.
 *
 * @returns The longest that an answer took, in milliseconds.
 */
export async function watchSocket(
  work: () => Promise<unknown>,
): Promise<number> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const accepting = listener.accept();
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  using server = await accepting;
  const byte = new Uint8Array(1);
  const answering = (async () => {
    while (await server.read(byte) !== null) await server.write(byte);
  })();
  let isDone = false;
  let longestMs = 0;
  const asking = (async () => {
    while (!isDone) {
      const startMs = performance.now();
      await client.write(byte);
      await client.read(byte);
      longestMs = Math.max(longestMs, performance.now() - startMs);
    }
  })();
  try {
    await work();
  } finally {
    isDone = true;
    await asking;
    client.closeWrite();
    await answering;
  }
  return longestMs;
}
