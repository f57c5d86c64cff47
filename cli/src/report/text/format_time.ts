/** A time as it was given, to the second; Unix time as ISO 8601. */
export function formatTime(
  timestamp: string | number | Date | undefined,
): string {
  if (timestamp === undefined) return "";
  if (typeof timestamp === "string") return timestamp.replace(/\.\d+/, "");
  const time = timestamp instanceof Date
    ? timestamp
    : new Date(1000 * timestamp);
  return Number.isNaN(time.getTime())
    ? ""
    : time.toISOString().replace(/\.\d+/, "");
}
