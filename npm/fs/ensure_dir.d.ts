// Types of the function of @std/fs that this project uses.
export function ensureDir(dir: string | URL): Promise<void>;
