/**
 * An operation of the system that goes on beside the work: its failure counts
 * as handled, since whoever awaits it may do so much later.
 */
export function alongside<T>(operation: Promise<T>): Promise<T> {
  operation.catch(() => {});
  return operation;
}
