/**
 * Longest row that is written or read: what is longer is a quote that someone
 * forgot to close, and must not fill the memory.
 */
export const MAX_ROW_BYTES = 256 * 1024 * 1024;
