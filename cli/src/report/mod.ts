/**
 * Reports: a page of HTML, and a judgement as Markdown, JUnit XML and GitHub
 * annotations.
 *
 * @module
 */
export { githubAnnotations } from "./github_annotations.ts";
export { junitReport, type JUnitReportOptions } from "./junit_report.ts";
export {
  markdownReport,
  type MarkdownReportOptions,
} from "./markdown_report.ts";
export { renderHtmlReport } from "./render_html_report.ts";
export type {
  ReportContent,
  ReportHistory,
  ReportRun,
} from "./report_content.ts";
