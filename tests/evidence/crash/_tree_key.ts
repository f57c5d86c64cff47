import { Xxh32 } from "../../../src/formats/xxh32.ts";
import { runAtOnce } from "../../../src/work/sliced.ts";
import { type Image, ROOT } from "./_disk.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

const digests = new WeakMap<Uint8Array, string>();

/** Everything that can be reached, as text: names, sizes and checksums. */
export function treeKey(image: Image): string {
  const lines: string[] = [];
  describe(image, ROOT, "", lines);
  return lines.join("\n");
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
  // Stages have random names: they are told apart by their age only.
  const named = [...node as ReadonlyMap<string, number>].map(([name, child]) =>
    [UUID.test(name) ? "stage" : name, child] as const
  );
  named.sort(([a, m], [b, n]) => a < b ? -1 : a > b ? 1 : m - n);
  for (const [name, child] of named) {
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
