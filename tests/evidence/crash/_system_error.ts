/** Classes that Deno gives to errors of the system; others are an `Error`. */
const CLASSES: Readonly<Record<string, new (message: string) => Error>> = {
  EACCES: Deno.errors.PermissionDenied,
  EBUSY: Deno.errors.Busy,
  EEXIST: Deno.errors.AlreadyExists,
  EINTR: Deno.errors.Interrupted,
  EINVAL: TypeError,
  EISDIR: Deno.errors.IsADirectory,
  ENOENT: Deno.errors.NotFound,
  ENOTDIR: Deno.errors.NotADirectory,
  EPERM: Deno.errors.PermissionDenied,
};

/** The error that Deno throws for this errno. */
export function systemError(errno: string): Error {
  const error = new (CLASSES[errno] ?? Error)(`${errno} (simulated)`);
  return Object.assign(error, { code: errno });
}
