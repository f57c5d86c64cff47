// Renews the help of every command in the README.
import { readArguments } from "../../tests/read_arguments.ts";
import { referenceText, withReference } from "./_reference.ts";

readArguments({
  task: "cli:reference",
  about: "Renews the help of every command in cli/README.md.",
});

const path = new URL("../README.md", import.meta.url);
const readme = await Deno.readTextFile(path);
await Deno.writeTextFile(path, withReference(readme, referenceText()));
