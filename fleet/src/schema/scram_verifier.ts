/** What PostgreSQL itself takes (RFC 7677 asks for 4096 at least). */
const ITERATIONS = 4096;

const SALT_BYTES = 16;

const encoder = new TextEncoder();

/**
 * What a server keeps of a password (RFC 5803), made here so that the password
 * itself is neither sent nor written into the server's log.
 *
 * @throws {RangeError} The password has others than printable ASCII characters,
 * which would have to be normalised first (RFC 4013).
 */
export async function scramVerifier(
  password: string,
  salt: Uint8Array<ArrayBuffer> = crypto.getRandomValues(
    new Uint8Array(SALT_BYTES),
  ),
): Promise<string> {
  if (!/^[\x20-\x7e]+$/.test(password)) {
    throw new RangeError("A password has printable ASCII characters alone");
  }
  const key = await crypto.subtle.importKey(
    ...["raw", encoder.encode(password), "PBKDF2", false] as const,
    ["deriveBits"],
  );
  const salted = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS },
    key,
    256,
  );
  const clientKey = await hmac(salted, "Client Key");
  const storedKey = await crypto.subtle.digest("SHA-256", clientKey);
  const serverKey = await hmac(salted, "Server Key");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toBase64()}$` +
    `${new Uint8Array(storedKey).toBase64()}:` +
    new Uint8Array(serverKey).toBase64();
}

async function hmac(key: ArrayBuffer, text: string): Promise<ArrayBuffer> {
  const hash = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey(
    ...["raw", key, hash, false] as const,
    ["sign"],
  );
  return await crypto.subtle.sign("HMAC", imported, encoder.encode(text));
}
