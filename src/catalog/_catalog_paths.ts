import { absolutePath } from "../disk/path.ts";
import { CATALOG_NAME, CHANGES_NAME } from "../run/change_log.ts";

/** Where a catalog and what it is made from are. */
export interface CatalogPaths {
  readonly resultsDir: string;
  readonly staging: string;
  readonly directory: string;
  readonly database: string;
  /**
   * SQLite's own, while a transaction is being written; it does not open one
   * through a link.
   */
  readonly journal: string;
  readonly changes: string;
  /** What the database was when it was last written, locked by who writes. */
  readonly seal: string;
}

/** The paths of a catalog. */
export function catalogPaths(resultsDir: string): CatalogPaths {
  const results = absolutePath(resultsDir);
  const directory = `${results}/${CATALOG_NAME}`;
  return {
    resultsDir: results,
    staging: `${results}/.staging`,
    directory,
    database: `${directory}/catalog.sqlite`,
    journal: `${directory}/catalog.sqlite-journal`,
    changes: `${directory}/${CHANGES_NAME}`,
    seal: `${directory}/seal`,
  };
}
