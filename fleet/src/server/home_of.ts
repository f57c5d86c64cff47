import type { ServerOptions } from "./server_options.ts";

/**
 * The one of several servers that has the runs of a bench: the one that draws
 * the highest number for it (David Thaler, Chinya Ravishankar, A name-based
 * mapping scheme for rendezvous, 1996). With a server more, only the benches
 * move that it gets, and no list of benches has to be kept.
 */
export function homeOf(
  benchId: string,
  servers: readonly ServerOptions[],
): ServerOptions {
  let home = servers[0]!;
  let highest = -1;
  for (const server of servers) {
    const { host, port = 5432, database } = server;
    const drawn = draw(`${benchId} ${host}:${port}/${database}`);
    if (drawn <= highest) continue;
    highest = drawn;
    home = server;
  }
  return home;
}

/** A number of 32 bits that a text stands for (FNV-1a, and mixed as in Murmur3). */
function draw(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  value = Math.imul(value ^ value >>> 16, 0x85ebca6b);
  value = Math.imul(value ^ value >>> 13, 0xc2b2ae35);
  return (value ^ value >>> 16) >>> 0;
}
