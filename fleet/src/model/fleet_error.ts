/**
 * What went wrong between a bench and its fleet. Codes are API: they stay the
 * same from release to release.
 *
 * | code | meaning | remedy |
 * |---|---|---|
 * | `UNREACHABLE` | the server cannot be reached, or has gone away, and was tried for as long as was asked for | nothing is lost: push again when it is back |
 * | `LOGIN_REFUSED` | the server does not take the login or its password | check user, password and `PGPASSFILE` |
 * | `NOT_TRUSTED` | the server's certificate is not one to trust, or it has no TLS | hand in the certificate that has signed it |
 * | `FORBIDDEN` | the login may not do this | use the login of the bench, of a reader or of the owner |
 * | `NO_BENCH` | the login is not that of a bench that the fleet knows | `hil-metrics-fleet add bench` |
 * | `SCHEMA_MISSING` | there is no fleet in this database | `hil-metrics-fleet setup` |
 * | `SCHEMA_OLDER` | the fleet's schema is older than this release needs | `hil-metrics-fleet migrate`, as its owner |
 * | `SCHEMA_NEWER` | the fleet's schema is newer than this release knows | update this package |
 * | `STORE_COPIED` | the results directory is a copy of another one that feeds the bench, or was restored or moved to another file system | `hil-metrics-fleet adopt`, if it is to take the other's place; or else remove its `.fleet` and give it a bench of its own |
 * | `STORE_FORKED` | another copy of this store has pushed since it did | `hil-metrics-fleet adopt`, if it is to take the other's place |
 * | `BENCH_TAKEN` | the bench is fed from another store | use another bench, or `hil-metrics-fleet adopt` |
 * | `BENCH_TWICE` | a bench is on two servers of the fleet, and its runs would count twice | remove it from the server that it does not push to any more |
 * | `BUSY` | another process is pushing this store | wait for it |
 * | `SERVER_FULL` | the server's disk is full; runs pushed before are there | make room on it, or drop months by `hil-metrics-fleet retain`, and push again |
 * | `TOO_LARGE` | the run is larger than the server can take | keep it on the bench alone |
 * | `RUN_NOT_FOUND` | the fleet has no such run | check the bench and the id |
 * | `NO_BLOCK` | the fleet has the run's summary, but not its measurements | push with blocks from the bench that has them |
 * | `DAMAGED` | what came back is not what was pushed | restore the server, or push the run again |
 * | `FAILED` | the server refuses something else | as the cause says |
 */
export type FleetErrorCode =
  | "UNREACHABLE"
  | "LOGIN_REFUSED"
  | "NOT_TRUSTED"
  | "FORBIDDEN"
  | "NO_BENCH"
  | "SCHEMA_MISSING"
  | "SCHEMA_OLDER"
  | "SCHEMA_NEWER"
  | "STORE_COPIED"
  | "STORE_FORKED"
  | "BENCH_TAKEN"
  | "BENCH_TWICE"
  | "BUSY"
  | "SERVER_FULL"
  | "TOO_LARGE"
  | "RUN_NOT_FOUND"
  | "NO_BLOCK"
  | "DAMAGED"
  | "FAILED";

/** What a code means, and what to do about it. */
export interface FleetErrorExplanation {
  readonly meaning: string;
  readonly remedy: string;
}

/** The explanation of every code; the tables in the docs are checked by it. */
export const FLEET_ERRORS: Readonly<
  Record<FleetErrorCode, FleetErrorExplanation>
> = {
  UNREACHABLE: {
    meaning:
      "the server cannot be reached, or has gone away, and was tried for as " +
      "long as was asked for",
    remedy: "nothing is lost: push again when it is back",
  },
  LOGIN_REFUSED: {
    meaning: "the server does not take the login or its password",
    remedy: "check user, password and `PGPASSFILE`",
  },
  NOT_TRUSTED: {
    meaning: "the server's certificate is not one to trust, or it has no TLS",
    remedy: "hand in the certificate that has signed it",
  },
  FORBIDDEN: {
    meaning: "the login may not do this",
    remedy: "use the login of the bench, of a reader or of the owner",
  },
  NO_BENCH: {
    meaning: "the login is not that of a bench that the fleet knows",
    remedy: "`hil-metrics-fleet add bench`",
  },
  SCHEMA_MISSING: {
    meaning: "there is no fleet in this database",
    remedy: "`hil-metrics-fleet setup`",
  },
  SCHEMA_OLDER: {
    meaning: "the fleet's schema is older than this release needs",
    remedy: "`hil-metrics-fleet migrate`, as its owner",
  },
  SCHEMA_NEWER: {
    meaning: "the fleet's schema is newer than this release knows",
    remedy: "update this package",
  },
  STORE_COPIED: {
    meaning:
      "the results directory is a copy of another one that feeds the bench, " +
      "or was restored or moved to another file system",
    remedy:
      "`hil-metrics-fleet adopt`, if it is to take the other's place; or else " +
      "remove its `.fleet` and give it a bench of its own",
  },
  STORE_FORKED: {
    meaning: "another copy of this store has pushed since it did",
    remedy: "`hil-metrics-fleet adopt`, if it is to take the other's place",
  },
  BENCH_TAKEN: {
    meaning: "the bench is fed from another store",
    remedy: "use another bench, or `hil-metrics-fleet adopt`",
  },
  BENCH_TWICE: {
    meaning:
      "a bench is on two servers of the fleet, and its runs would count twice",
    remedy: "remove it from the server that it does not push to any more",
  },
  BUSY: {
    meaning: "another process is pushing this store",
    remedy: "wait for it",
  },
  SERVER_FULL: {
    meaning: "the server's disk is full; runs pushed before are there",
    remedy:
      "make room on it, or drop months by `hil-metrics-fleet retain`, and " +
      "push again",
  },
  TOO_LARGE: {
    meaning: "the run is larger than the server can take",
    remedy: "keep it on the bench alone",
  },
  RUN_NOT_FOUND: {
    meaning: "the fleet has no such run",
    remedy: "check the bench and the id",
  },
  NO_BLOCK: {
    meaning: "the fleet has the run's summary, but not its measurements",
    remedy: "push with blocks from the bench that has them",
  },
  DAMAGED: {
    meaning: "what came back is not what was pushed",
    remedy: "restore the server, or push the run again",
  },
  FAILED: {
    meaning: "the server refuses something else",
    remedy: "as the cause says",
  },
};

/** What a {@linkcode FleetError} is made from besides its message. */
export interface FleetErrorOptions extends ErrorOptions {
  /** What went wrong. */
  code: FleetErrorCode;
}

/**
 * A failure between a bench and its fleet that a caller can handle.
 *
 * What the disk of the bench does is a `StorageError` of the storage package,
 * and a programmer's mistake a `TypeError` or `RangeError`.
 *
 * @example What to do about it
 * ```ts
 * import { FleetError } from "@astraguard/hil-metrics-fleet";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new FleetError("The fleet is away", { code: "UNREACHABLE" });
 * assertEquals(error.remedy, "nothing is lost: push again when it is back");
 * ```
 */
export class FleetError extends Error {
  /** Always `"FleetError"`. */
  override readonly name = "FleetError";
  /** What went wrong; see {@linkcode FleetErrorCode}. */
  readonly code: FleetErrorCode;

  /** Makes an error; callers only ever catch one. */
  constructor(message: string, options: FleetErrorOptions) {
    super(message, options);
    this.code = options.code;
  }

  /** What to do about it, as the table of {@linkcode FleetErrorCode} says. */
  get remedy(): string {
    return FLEET_ERRORS[this.code].remedy;
  }
}
