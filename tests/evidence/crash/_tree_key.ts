import { Xxh32 } from "../../../src/formats/xxh32.ts";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { type Image, ROOT } from "./_disk.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const digests = new WeakMap<Uint8Array, string>();

/**
 * Everything that can be reached, as text: names, sizes and checksums. Stages
 * and batches have random names: they are told apart by where they come first.
 */
export function treeKey(image: Image): string {
  const lines: string[] = [];
  describe(image, ROOT, "", lines);
  const numbers = new Map<string, string>();
  return lines.join("\n").replace(UUID, (uuid) => {
    const number = numbers.get(uuid) ?? `#${numbers.size + 1}`;
    numbers.set(uuid, number);
    return number;
  });
}

function describe(
  image: Image,
  ino: number,
  path: string,
  lines: string[],
): void {
  const node = image.get(ino);
  if (node === undefined) return;
  if (node instanceof Uint8Array) {
    lines.push(`${path} ${digestOf(node)}`);
    return;
  }
  lines.push(`${path}/`);
  const named = [...node as ReadonlyMap<string, number>].map(([name, child]) =>
    [name.replace(UUID, ""), child, name] as const
  );
  named.sort(([a, m], [b, n]) => a < b ? -1 : a > b ? 1 : m - n);
  for (const [, child, name] of named) {
    describe(image, child, `${path}/${name}`, lines);
  }
}

function digestOf(bytes: Uint8Array): string {
  let digest = digests.get(bytes);
  if (digest === undefined) {
    const hash = new Xxh32();
    runAtOnce(hash.update(bytes));
    digest = `${bytes.length} ${hash.digest()}`;
    digests.set(bytes, digest);
  }
  return digest;
}
