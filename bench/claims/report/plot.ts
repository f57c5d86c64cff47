import { formatDuration, threeDigits } from "../../lib/report/quantity.ts";
import { baselineOf } from "../cases/bench_case.ts";
import type { CaseFigures } from "../measure/measure_case.ts";

const WIDTH = 780;
const LABEL_WIDTH = 180;
const BAR_WIDTH = 400;
const ROW_HEIGHT = 30;
const TOP = 44;

const COLORS: Record<string, string> = {
  before: "#8b949e",
  after: "#d29922",
  package: "#2f81f7",
  "Python before": "#c4c9cf",
  "Python after": "#e9cb8c",
};
const OTHER_COLOR = "#b6d4fe";

/** File name of the plot of a case at a size. */
export function plotName({ name, size }: CaseFigures): string {
  return `${name}-${size}.svg`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/**
 * A bar for each form of a case as SVG: its median time, and as a whisker the
 * 95 % interval of its ratio to the first.
 */
export function plotCase({ title, forms }: CaseFigures): string {
  const longestMs = Math.max(
    ...Object.values(forms).map(({ medianMs }) => medianMs),
  );
  const baseline = baselineOf(forms);
  const baselineMs = forms[baseline]!.medianMs;
  const scale = (ms: number) =>
    Math.min(BAR_WIDTH, ms / longestMs * BAR_WIDTH).toFixed(1);
  const rows = Object.entries(forms).map(([name, { medianMs, speedup }], i) => {
    const y = TOP + i * ROW_HEIGHT;
    const middle = y + 10;
    const from = LABEL_WIDTH + Number(scale(baselineMs / speedup.high));
    const to = LABEL_WIDTH + Number(scale(baselineMs / speedup.low));
    const ratio = name === baseline
      ? ""
      : ` (${threeDigits(speedup.value)}× as fast)`;
    return `
  <text x="${LABEL_WIDTH - 8}" y="${y + 15}" text-anchor="end">${
      escapeXml(name)
    }</text>
  <rect x="${LABEL_WIDTH}" y="${y}" width="${
      scale(medianMs)
    }" height="20" rx="2" fill="${COLORS[name] ?? OTHER_COLOR}"/>
  <path d="M${from} ${middle}H${to}" stroke="#24292f" stroke-width="1.5"/>
  <text x="${Math.max(LABEL_WIDTH + Number(scale(medianMs)), to) + 6}" y="${
      y + 15
    }">${formatDuration(medianMs)}${ratio}</text>`;
  });
  const height = TOP + rows.length * ROW_HEIGHT + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#24292f">
  <rect width="${WIDTH}" height="${height}" fill="#fff"/>
  <text x="12" y="24" font-size="14" font-weight="bold">${
    escapeXml(title)
  }</text>${rows.join("")}
</svg>
`;
}
