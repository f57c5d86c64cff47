import { assert, assertEquals, assertRejects } from "@std/assert";
import { FleetError, type FleetErrorCode } from "@astraguard/hil-metrics-fleet";
import { StoreIdentity } from "../../src/push/store_identity.ts";
import { TestStore } from "../_store.ts";

async function assertCode(
  work: () => Promise<unknown>,
  code: FleetErrorCode,
): Promise<void> {
  const error = await assertRejects(work, FleetError);
  assertEquals(error.code, code);
}

Deno.test("StoreIdentity stays the same, and knows every push it has announced", async () => {
  await using store = await TestStore.make();
  const ids = [1, 2, 3].map(() => crypto.randomUUID());
  let storeId: string | undefined;
  for (const id of ids) {
    using identity = await StoreIdentity.hold(store.resultsDir);
    assertEquals(storeId ?? identity.storeId, identity.storeId);
    ({ storeId } = identity);
    assert(!await identity.hasBegun(id));
    await identity.announce(id);
  }
  using identity = await StoreIdentity.hold(store.resultsDir);
  for (const id of ids) assert(await identity.hasBegun(id));
});

Deno.test("StoreIdentity survives a line that a crash has cut off", async () => {
  await using store = await TestStore.make();
  using identity = await StoreIdentity.hold(store.resultsDir);
  const pushes = `${store.resultsDir}/.fleet/pushes`;
  await Deno.writeTextFile(pushes, crypto.randomUUID().slice(0, 17));
  const id = crypto.randomUUID();
  await identity.announce(id);
  assert(await identity.hasBegun(id));
});

Deno.test("StoreIdentity forgets the oldest pushes when they take megabytes", async () => {
  await using store = await TestStore.make();
  using identity = await StoreIdentity.hold(store.resultsDir);
  const pushes = `${store.resultsDir}/.fleet/pushes`;
  const [first, last] = [crypto.randomUUID(), crypto.randomUUID()];
  await identity.announce(first);
  await Deno.writeTextFile(pushes, "x".repeat(4 * 1024 * 1024), {
    append: true,
  });
  await identity.announce(last);
  assertEquals(
    [await identity.hasBegun(first), await identity.hasBegun(last)],
    [false, true],
  );
  assert((await Deno.stat(pushes)).size < 3 * 1024 * 1024);
});

Deno.test("StoreIdentity is held by one at a time", async () => {
  await using store = await TestStore.make();
  {
    using _held = await StoreIdentity.hold(store.resultsDir);
    await assertCode(() => StoreIdentity.hold(store.resultsDir), "BUSY");
  }
  using _free = await StoreIdentity.hold(store.resultsDir);
});

Deno.test("StoreIdentity is not guessed where its file is damaged, but can be made anew", async () => {
  await using store = await TestStore.make();
  let before: string;
  {
    using identity = await StoreIdentity.hold(store.resultsDir);
    before = identity.storeId;
  }
  const path = `${store.resultsDir}/.fleet/identity.json`;
  const lacking = { version: 1, store_id: crypto.randomUUID() };
  const texts = [
    ...["{", "[]", "null", '{"version":2}', JSON.stringify(lacking)],
    JSON.stringify({ version: 1, store_id: "a", directory: {} }),
  ];
  for (const text of texts) {
    await Deno.writeTextFile(path, text);
    await assertCode(
      () => StoreIdentity.hold(store.resultsDir),
      "STORE_COPIED",
    );
  }
  using identity = await StoreIdentity.hold(store.resultsDir, true);
  assert(identity.storeId !== before);
  await identity.confirm();
  await Deno.remove(path);
  await assertCode(() => identity.confirm(), "STORE_COPIED");
});
