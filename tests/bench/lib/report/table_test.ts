import { assertEquals } from "@std/assert";
import {
  markdownTable,
  textTable,
} from "../../../../bench/lib/report/table.ts";

Deno.test("textTable() lines up columns, markdownTable() marks the right ones", () => {
  const table = { head: ["a", "b"], rows: [["xyz", "1"]], right: [1] };
  assertEquals(textTable(table), "a    b\n---  -\nxyz  1");
  assertEquals(markdownTable(table), "| a | b |\n| --- | --: |\n| xyz | 1 |");
});
