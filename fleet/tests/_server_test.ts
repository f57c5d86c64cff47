import { TestServer } from "./server/_test_server.ts";

/** Whether a server can be had here. */
const HAS_SERVER = await TestServer.canStart();

/** A test that needs a server, and is passed over where there is none. */
export function serverTest(name: string, fn: () => Promise<void>): void {
  // Connections outlive a test.
  const sanitize = { sanitizeOps: false, sanitizeResources: false };
  Deno.test({ name, ignore: !HAS_SERVER, ...sanitize, fn });
}

/** What the tests of a file share, from before the first to after the last. */
export function shared<T extends AsyncDisposable>(
  start: () => Promise<T>,
): () => T {
  let it: T | undefined;
  Deno.test.beforeAll(async () => {
    if (HAS_SERVER) it = await start();
  });
  Deno.test.afterAll(async () => {
    await it?.[Symbol.asyncDispose]();
  });
  return () => it!;
}
