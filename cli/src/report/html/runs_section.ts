import type { ReportRun } from "../report_content.ts";
import { formatTime } from "../text/format_time.ts";
import { type Html, html, named } from "../text/html.ts";
import { formatCount } from "../text/numbers.ts";
import { foldedTable } from "./tables.ts";

/** Runs under the name of their group. */
export interface NamedRuns {
  readonly name: string;
  readonly runs: readonly ReportRun[];
}

/** Which runs the report is of. */
export function runsSection(groups: readonly NamedRuns[]): Html {
  const rows = groups.flatMap(({ name, runs }) =>
    runs.map(({ runId, timestamp, measurements, labels, incomplete }) => [
      named(runId),
      name,
      formatTime(timestamp),
      measurements.length.toLocaleString("en"),
      incomplete ? "incomplete" : "",
      html`${
        Object.entries(labels ?? {}).map(([label, value]) =>
          html`${named(label)}: ${named(value)}<br>`
        )
      }`,
    ])
  );
  return html`<h2 id="runs">Runs</h2>
${
    foldedTable(
      `${formatCount(rows.length, "run")} as a table`,
      [
        { head: "Run" },
        { head: "Part" },
        { head: "Saved" },
        { head: "Measurements", isNumber: true },
        { head: "State" },
        { head: "Labels" },
      ],
      rows,
    )
  }`;
}
