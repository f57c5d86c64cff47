import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The absolute path of a file of this repository, whatever is in its name. */
export function fromRoot(path = ""): string {
  return ROOT + path;
}
