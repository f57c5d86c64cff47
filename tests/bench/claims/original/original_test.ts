import { assert, assertEquals, assertRejects } from "@std/assert";
import { ALL_CASES } from "../../../../bench/claims/cases/all.ts";
import type { Workload } from "../../../../bench/claims/cases/bench_case.ts";
import {
  addOriginal,
  ORIGINAL_FORMS,
} from "../../../../bench/claims/original/add_original.ts";
import {
  Original,
  type OriginalCheckouts,
  OriginalError,
} from "../../../../bench/claims/original/original.ts";
import {
  hasPython,
  LATENCY_PY,
  makeCheckout,
  STORAGE_PY,
  withCheckouts,
} from "./_stand_in.ts";

const ignore = !hasPython();

/** Adds the original to a case, and says what was left out. */
async function addTo(
  name: string,
  checkouts: OriginalCheckouts,
  check: (workload: Workload, leftOut: string[]) => void | Promise<void>,
): Promise<void> {
  const { prepare } = ALL_CASES.find((it) => it.name === name)!;
  const directory = await Deno.makeTempDir();
  try {
    await using original = await Original.start(checkouts);
    const leftOut: string[] = [];
    const own = await prepare({ size: 20, directory });
    await check(
      await addOriginal(own, original!, (reason) => leftOut.push(reason)),
      leftOut,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("Original.start() gives nothing without a checkout", async () => {
  assertEquals(await Original.start({}), undefined);
  assertEquals(await Original.start({ before: "", after: "" }), undefined);
});

for (const { name } of ALL_CASES.filter((it) => it.name !== "load")) {
  Deno.test({
    name: `Both versions of the original do what the case "${name}" does`,
    ignore,
    fn: () =>
      withCheckouts((checkouts) =>
        addTo(name, checkouts, async ({ forms, counts = {} }, leftOut) => {
          assertEquals(leftOut, []);
          for (const form of Object.values(ORIGINAL_FORMS)) {
            assert(await forms[form]!.timeMs!(2) > 0);
            for (const [cost, ofForms] of Object.entries(counts)) {
              assert(ofForms[form]! > 0, cost);
            }
          }
        })
      ),
  });
}

Deno.test({
  name: "The original's lookups and comparisons are counted as it makes them",
  ignore,
  fn: () =>
    withCheckouts(async (checkouts) => {
      await addTo("lookups", checkouts, ({ counts }) => {
        const { before, after } = ORIGINAL_FORMS;
        assertEquals(counts!.lookups![before], 6);
        assertEquals(counts!.lookups![after], 4);
      });
      await addTo("recent", checkouts, ({ counts }) => {
        // Twenty names in no order, and ten of twenty times.
        for (const form of Object.values(ORIGINAL_FORMS)) {
          const comparisons = counts!.comparisons![form]!;
          assert(comparisons >= 19 && comparisons < 150, `${comparisons}`);
        }
      });
    }),
});

Deno.test({
  name:
    "addOriginal() measures the version that there is, and says what needs both",
  ignore,
  fn: () =>
    withCheckouts(async ({ before, after }) => {
      await addTo("save", { before }, ({ forms }, leftOut) => {
        assertEquals(leftOut, []);
        assertEquals(Object.keys(forms).slice(4), [ORIGINAL_FORMS.before]);
      });
      await addTo("union", { after }, ({ forms }, leftOut) => {
        assertEquals(Object.keys(forms), ["before", "after", "package"]);
        assertEquals(leftOut, [
          'Python after: LookupError: "before" is needed, too',
        ]);
      });
    }),
});

Deno.test({
  name: "addOriginal() leaves out a version that does something else",
  ignore,
  fn: () =>
    withCheckouts(async ({ before }) => {
      const after = await makeCheckout(
        STORAGE_PY.after.replace("heapq.nlargest", "heapq.nsmallest"),
      );
      await addTo("recent", { before, after }, ({ forms }, leftOut) => {
        assert(ORIGINAL_FORMS.before in forms);
        assert(!(ORIGINAL_FORMS.after in forms));
        assertEquals(leftOut, [
          'Python after: "Python after" does not do what "before" does',
        ]);
      });
      await Deno.remove(after, { recursive: true });
    }),
});

Deno.test({
  name: "What the original prints is no reply",
  ignore,
  fn: () =>
    withCheckouts(async ({ before }) => {
      const directory = await Deno.makeTempDir();
      await Deno.mkdir(`${directory}/run`);
      await Deno.writeTextFile(`${directory}/run/latency_summary.json`, "{");
      await using original = await Original.start({ before });
      const form = await original!.form("before", {
        name: "read",
        directory,
        arguments: { run_id: "run", results_dir: directory },
      });
      assertEquals(await form.run(), null);
      await Deno.remove(directory, { recursive: true });
    }),
});

Deno.test({
  name: "Original.form() tells what the original could not do",
  ignore,
  fn: () =>
    withCheckouts(async (checkouts) => {
      await using original = await Original.start(checkouts);
      await assertRejects(
        () =>
          original!.form("after", {
            name: "save",
            directory: "/",
            arguments: { run_id: "run" },
          }),
        OriginalError,
        "TypeError: ",
      );
    }),
});

Deno.test({
  name: "Original.start() fails for what is no checkout",
  ignore,
  async fn() {
    const empty = await Deno.makeTempDir();
    await assertRejects(
      () => Original.start({ after: empty }),
      OriginalError,
      "No module named 'astraguard.hil.metrics.storage'",
    );
    await Deno.remove(empty);
  },
});

Deno.test({
  name: "Original.notes tells of checkouts that are not what they are named as",
  ignore,
  fn: () =>
    withCheckouts(async ({ before, after }) => {
      const otherCollector = await makeCheckout(
        STORAGE_PY.after,
        `${LATENCY_PY}\n# Changed, too.\n`,
      );
      const table: [OriginalCheckouts, RegExp[]][] = [
        [{ before, after }, []],
        [{ before: after }, [/named as "before" has a cache/]],
        [{ after: before }, [/named as "after" has no cache/]],
        [{ before, after: otherCollector }, [/differ in their collectors/]],
      ];
      for (const [checkouts, wanted] of table) {
        await using original = await Original.start(checkouts);
        assertEquals(original!.notes.length, wanted.length);
        wanted.forEach((note, i) => assert(note.test(original!.notes[i]!)));
      }
      await Deno.remove(otherCollector, { recursive: true });
    }),
});
