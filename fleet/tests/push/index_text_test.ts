import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  indexText,
  originalText,
  storedText,
} from "../../src/push/index_text.ts";

/** Ids of any UTF-16, with many of the characters that matter. */
const ID = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((unit) =>
      String.fromCharCode(unit)
    ),
    fc.constantFrom("\0", "␛", "\ud800", "\udc00", "0000", "a"),
  ),
  { maxLength: 120 },
).map((units) => units.join(""));

Deno.test("indexText() leaves ids as they are that PostgreSQL can hold", () => {
  for (const id of ["", "SAT1", "é", "\u{1f6f0}", 'a"b\\c', "x".repeat(250)]) {
    assertEquals(indexText(id), id);
  }
});

Deno.test("indexText() gives text that PostgreSQL can hold, and originalText() the id", () => {
  fc.assert(fc.property(ID, (id) => {
    const text = indexText(id);
    assert(!text.includes("\0") && text.isWellFormed());
    if (text.length <= 250) assertEquals(originalText(text), id);
  }));
});

Deno.test("storedText() gives text that PostgreSQL can hold, and originalText() the text, however long", () => {
  fc.assert(fc.property(ID, (id) => {
    const long = id.repeat(40);
    const text = storedText(long);
    assert(!text.includes("\0") && text.isWellFormed());
    assertEquals(originalText(text), long);
  }));
});

Deno.test("indexText() keeps long ids short, and apart", () => {
  const long = ["a", "b", "\0", "␛"].map((end) => "\0x".repeat(2000) + end);
  const texts = [...long, "y".repeat(251)].map(indexText);
  assertEquals(new Set(texts).size, 5);
  for (const text of texts) {
    assert(text.length <= 250 && text.isWellFormed(), `${text.length}`);
  }
});
