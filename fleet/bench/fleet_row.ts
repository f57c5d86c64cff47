/** What was measured of a fleet, beside the same without this package. */
export interface FleetRow {
  /** What was done. */
  readonly what: string;
  /** How long it took here: the median, in milliseconds. */
  readonly ours: number;
  /** What it is compared with. */
  readonly rival: string;
  /** How long that took in the same rounds, in milliseconds. */
  readonly rivals: number;
  /** What was wanted, in milliseconds; `undefined` where nothing was. */
  readonly goal?: number | undefined;
}
