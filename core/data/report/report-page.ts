import type { BatchFinding } from "../batch-facts.ts";
import { instantText } from "../instant-text.ts";
import type { Reason } from "../reason.ts";
import type { BatchReport, ReportedFeature } from "./batch-report.ts";
import { distributionChart } from "./distribution-chart.ts";
import { escapeHtml, shownNumber, shownShare } from "./escape-html.ts";
import { REPORT_STYLE } from "./style.ts";

/** PSI from which a feature's card is marked although no rule speaks. */
const NOTABLE_PSI = 0.1;

function fileName({ source }: BatchReport): string {
  return source.key.split("/").at(-1) || source.key;
}

function plural(count: number, one: string): string {
  return `${shownNumber(count)} ${one}${count === 1 ? "" : "s"}`;
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

/** What has happened and what to do, in a few lines on top. */
function todo(report: BatchReport): string {
  const { reasons, warnings, model, batchId } = report;
  if (report.verdict === "quarantined") {
    const rowsOf = ({ count, examples: list }: Reason) => (list.length > 0 ? ` (${plural(count, "row")})` : "");
    const places = [
      ...new Set(
        reasons.map(
          (reason) => `${reason.rule}${reason.column === undefined ? "" : ` in ${reason.column}`}${rowsOf(reason)}`,
        ),
      ),
    ];
    const list = places.slice(0, 6).map((place) => `<li>${escapeHtml(place)}</li>`);
    const more = places.length > 6 ? `<li>and ${places.length - 6} more</li>` : "";
    return `<section class="todo bad"><p><strong>What to do.</strong> Nothing of this file is used for training; the model that serves now is untouched. Correct ${reasons.length === 1 ? "this" : `these ${places.length} points`}, as the table below says, and upload the file again:</p><ul>${list.join("")}${more}</ul><p>${code(`mlops upload ${model} <the corrected file>`)}</p></section>`;
  }
  if (warnings.length > 0) {
    const severe = warnings.filter((warning) => warning.severe === true).length;
    const urgent =
      severe > 0
        ? ` ${severe === 1 ? "One of them is" : `${severe} of them are`} severe and should be looked at before the next version is promoted.`
        : "";
    return `<section class="todo warn"><p><strong>What to do.</strong> The batch ${code(batchId)} is accepted and will be trained on. ${warnings.length === 1 ? "One thing is" : `${warnings.length} things are`} worth a look below.${urgent} A rule can be made to reject, or be turned off, under ${code("data.rules")} in the model's definition.</p></section>`;
  }
  return `<section class="todo"><p><strong>Nothing to do.</strong> The batch is accepted, and no rule has anything to say about it.</p></section>`;
}

function facts(report: BatchReport): string {
  const { rows, columns, timeRange, comparedWith, source, batchId, decidedAt } = report;
  const entries: [string, string][] = [
    ["Rows read", shownNumber(rows)],
    ["Columns", shownNumber(columns.length)],
    ["Time of the rows", timeRange === null ? "not known" : `${timeRange.from} to ${timeRange.to}`],
    [
      "Compared with",
      comparedWith === null
        ? "no batch before"
        : `${plural(comparedWith.batches, "batch").replace("batchs", "batches")}, ${plural(comparedWith.rows, "row")}`,
    ],
    ["Decided", `${decidedAt.slice(0, 16).replace("T", " ")} UTC`],
    ["Batch", batchId],
    ["File", `s3://${source.bucket}/${source.key}`],
    ["Object version", source.versionId],
  ];
  return `<dl>${entries.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join("")}</dl>`;
}

function examples({ examples: list, column }: Reason): string {
  if (list.length === 0) return `<span class="soft">the ${column === undefined ? "file" : "column"} as a whole</span>`;
  const items = list.map(
    ({ row, value }) => `<li><span class="soft">row ${row}</span> ${code(value === "" ? "(empty)" : value)}</li>`,
  );
  return `<ul class="examples">${items.join("")}</ul>`;
}

function findings(title: string, kind: "reason" | "warning", list: readonly BatchFinding[]): string {
  if (list.length === 0) return "";
  const rows = list.map((finding) => {
    const column = finding.column === undefined ? "" : `<br>${code(finding.column)}`;
    const severe = finding.severe === true ? '<br><span class="soft">severe</span>' : "";
    return `<tr class="${kind}"><td><span class="rule">${escapeHtml(finding.rule)}</span>${column}${severe}</td><td class="what">${escapeHtml(finding.message)}</td><td class="count">${escapeHtml(shownNumber(finding.count))}</td><td>${examples(finding)}</td></tr>`;
  });
  return `<h2>${escapeHtml(title)}</h2><div class="table"><table><thead><tr><th>Rule</th><th>What was found, what to do</th><th class="count">How often</th><th>Where</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function statistics({ type, min, max, mean, standardDeviation, distinct }: ReportedFeature): string[] {
  const different = `about ${shownNumber(distinct)} different`;
  if (type === "timestamp") {
    const shownTime = (millis: number | null | undefined) => (typeof millis === "number" ? instantText(millis) : "");
    return [`${shownTime(min)} to ${shownTime(max)}`, different];
  }
  if (type !== "number" && type !== "text") return [];
  return [
    `${shownNumber(min)} to ${shownNumber(max)}${type === "text" ? " characters" : ""}`,
    `mean ${shownNumber(mean)} ± ${shownNumber(standardDeviation)}`,
    ...(type === "text" ? [different, "below: one word of each text"] : []),
  ];
}

function card(feature: ReportedFeature, report: BatchReport): string {
  const { name, role, type, count, nulls, nullShareBefore, debiasedPsi } = feature;
  const rows = count + nulls;
  const missing = rows === 0 ? 0 : nulls / rows;
  const parts = [
    role === "target" ? "target" : type,
    `${shownShare(missing)} missing${nullShareBefore === null ? "" : ` (before ${shownShare(nullShareBefore)})`}`,
    ...(count > 0 ? statistics(feature) : []),
    ...(debiasedPsi === null ? [] : [`PSI ${Math.max(0, debiasedPsi).toFixed(3)}`]),
  ];
  const isBroken = report.reasons.some(({ column }) => column === name);
  const isFlagged = report.warnings.some(({ column }) => column === name) || (debiasedPsi ?? 0) >= NOTABLE_PSI;
  const mark = isBroken ? " broken" : isFlagged ? " flagged" : "";
  return `<div class="card${mark}"><h3>${escapeHtml(name)}</h3><p class="facts">${escapeHtml(parts.join(" · "))}</p>${distributionChart(feature)}</div>`;
}

function distributions(report: BatchReport): string {
  if (report.features.length === 0) return "";
  const legend =
    report.comparedWith === null
      ? "<span><i></i>this file</span><span>There is no batch before to compare with.</span>"
      : '<span><i></i>this file</span><span><i class="line"></i>batches before</span>';
  const note =
    report.verdict === "quarantined" ? "<span>Values that broke a rule because of their type are left out.</span>" : "";
  const omitted =
    report.omittedFeatures > 0
      ? `<p class="soft">${plural(report.omittedFeatures, "more feature")} without a finding not shown.</p>`
      : "";
  return `<h2>Distributions</h2><p class="legend">${legend}${note}</p><div class="grid">${report.features.map((feature) => card(feature, report)).join("")}</div>${omitted}`;
}

/** The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. */
export function reportPage(report: BatchReport): string {
  const title = `${fileName(report)}: ${report.verdict}`;
  const { reasons, warnings } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<span class="badge ${report.verdict}">${report.verdict}</span>
<h1>${escapeHtml(fileName(report))}</h1>
<p class="soft">Upload for the model ${code(report.model)}</p>
${todo(report)}
${facts(report)}
${findings("Why it was quarantined", "reason", reasons)}
${findings("Worth a look", "warning", warnings)}
${distributions(report)}
<footer>The same as data: <code>report.json</code> beside this page. Examples are cut at 80 characters; row 1 is the first data row.</footer>
</main>
</body>
</html>
`;
}
