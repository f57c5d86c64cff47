import { assertEquals } from "@std/assert";
import { fromRoot } from "../../tests/_from_root.ts";
import { referenceIn, referenceText } from "./_reference.ts";

Deno.test("README.md has the help of every command as it is", async () => {
  const readme = await Deno.readTextFile(fromRoot("cli/README.md"));
  // `deno task cli:reference` renews it.
  assertEquals(referenceIn(readme), referenceText());
});
