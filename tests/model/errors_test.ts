import { assertEquals } from "@std/assert";
import { STORAGE_ERRORS } from "../../src/model/errors.ts";
import { fromRoot } from "../_from_root.ts";

const WANTED = Object.entries(STORAGE_ERRORS)
  .map(([code, { meaning, remedy }]) => [`\`${code}\``, meaning, remedy]);

for (const file of ["ARCHITECTURE.md", "src/model/errors.ts"]) {
  Deno.test(`${file} explains each code of a StorageError as the error does`, async () => {
    const text = await Deno.readTextFile(fromRoot(file));
    const rows = text.matchAll(/^[ *]*\| *(`[A-Z_]+`) *\|(.*?)\|(.*?)\|$/gm);
    assertEquals(
      [...rows].map(([, ...cells]) => cells.map((it) => it.trim())),
      WANTED,
    );
  });
}
