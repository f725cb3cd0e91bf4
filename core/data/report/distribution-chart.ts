import type { ReportedFeature } from "./batch-report.ts";
import type { ChartBar } from "./chart-bins.ts";
import { escapeHtml, shownShare } from "./escape-html.ts";

const WIDTH = 320;
const HEIGHT = 96;
const LABEL_HEIGHT = 16;
const ROW_HEIGHT = 20;
const LABEL_WIDTH = 120;
const SHARE_WIDTH = 48;

function hint({ label, current, reference }: ChartBar): string {
  const before = reference === null ? "" : `, before ${shownShare(reference)}`;
  return `<title>${escapeHtml(`${label}: ${shownShare(current)}${before}`)}</title>`;
}

function round(x: number): number {
  return Math.round(x * 10) / 10;
}

/** Columns side by side: filled for this batch, outlined steps for the batches before. */
function histogram(bars: readonly ChartBar[]): string {
  const top = Math.max(...bars.map(({ current, reference }) => Math.max(current, reference ?? 0)), 1e-9);
  const step = WIDTH / bars.length;
  const height = (share: number) => round((share / top) * (HEIGHT - 4));
  const columns = bars.map((bar, index) => {
    const y = HEIGHT - height(bar.current);
    const gap = Math.min(2, step / 5);
    return `<rect class="now" x="${round(index * step + gap / 2)}" y="${y}" width="${round(step - gap)}" height="${height(bar.current)}"/>`;
  });
  const line = bars.flatMap(({ reference }, index) => {
    const y = HEIGHT - height(reference ?? 0);
    return [`${round(index * step)},${y}`, `${round((index + 1) * step)},${y}`];
  });
  const outline = bars.some(({ reference }) => reference !== null)
    ? `<polyline class="before" points="0,${HEIGHT} ${line.join(" ")} ${WIDTH},${HEIGHT}"/>`
    : "";
  // Areas to point at are as high as the chart, so that small columns can be read, too.
  const areas = bars.map(
    (bar, index) =>
      `<rect class="area" x="${round(index * step)}" y="0" width="${round(step)}" height="${HEIGHT}">${hint(bar)}</rect>`,
  );
  const first = bars[0]?.label.split(" to ")[0] ?? "";
  const last = bars.at(-1)?.label.split(" to ").at(-1) ?? "";
  const labels = `<text class="tick" x="0" y="${HEIGHT + 13}">${escapeHtml(first)}</text><text class="tick" x="${WIDTH}" y="${HEIGHT + 13}" text-anchor="end">${escapeHtml(last)}</text>`;
  return svg(
    HEIGHT + LABEL_HEIGHT,
    `${columns.join("")}${outline}<line class="axis" x1="0" y1="${HEIGHT}" x2="${WIDTH}" y2="${HEIGHT}"/>${areas.join("")}${labels}`,
  );
}

/** One row a level: a bar for this batch, a mark for the batches before. */
function levels(bars: readonly ChartBar[]): string {
  const top = Math.max(...bars.map(({ current, reference }) => Math.max(current, reference ?? 0)), 1e-9);
  const span = WIDTH - LABEL_WIDTH - SHARE_WIDTH;
  const rows = bars.map((bar, index) => {
    const y = index * ROW_HEIGHT;
    const name = Array.from(bar.label);
    const label = name.length > 16 ? `${name.slice(0, 15).join("")}…` : bar.label;
    const width = round((bar.current / top) * span);
    const mark = bar.reference === null ? "" : round(LABEL_WIDTH + (bar.reference / top) * span);
    const before =
      mark === "" ? "" : `<line class="before" x1="${mark}" y1="${y + 2}" x2="${mark}" y2="${y + ROW_HEIGHT - 4}"/>`;
    return `<g>${hint(bar)}<rect class="area" x="0" y="${y}" width="${WIDTH}" height="${ROW_HEIGHT}"/><text class="level" x="${LABEL_WIDTH - 8}" y="${y + 13}" text-anchor="end">${escapeHtml(label)}</text><rect class="now" x="${LABEL_WIDTH}" y="${y + 4}" width="${width}" height="${ROW_HEIGHT - 8}"/>${before}<text class="tick" x="${WIDTH}" y="${y + 13}" text-anchor="end">${escapeHtml(shownShare(bar.current))}</text></g>`;
  });
  return svg(bars.length * ROW_HEIGHT, rows.join(""));
}

function svg(height: number, content: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">${content}</svg>`;
}

/** A small chart of one feature as inline SVG: this batch against the batches before. Colours come from the page's style. */
export function distributionChart({ type, bars }: Pick<ReportedFeature, "type" | "bars">): string {
  if (bars.length === 0) return '<p class="none">no values</p>';
  return type === "number" || type === "timestamp" ? histogram(bars) : levels(bars);
}
