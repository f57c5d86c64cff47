// Renews the help of every command in the README.
import { referenceText, withReference } from "./_reference.ts";

const path = new URL("../README.md", import.meta.url);
const readme = await Deno.readTextFile(path);
await Deno.writeTextFile(path, withReference(readme, referenceText()));
