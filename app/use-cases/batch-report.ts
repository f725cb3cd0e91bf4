import type { Profile } from "../../core/data/profile.ts";
import type { Reason } from "../../core/data/reason.ts";
import { type BatchReport, makeReport } from "../../core/data/report/batch-report.ts";
import { reportPage } from "../../core/data/report/report-page.ts";
import type { ModelDefinition } from "../../core/definition/schema.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import { readJson, writeJson } from "../support/json.ts";
import { NO_CONTEXT } from "./batch-context.ts";
import type { FileInsight } from "./read-upload.ts";

/** What is known about a file when its report is written; a file that was not read has rows 0 and reasons only. */
export interface ReportedFile extends Omit<Partial<FileInsight>, "profile"> {
  readonly rows: number;
  readonly reasons: readonly Reason[];
  readonly profile?: Profile;
  readonly definition?: ModelDefinition;
}

/** Warnings that an alert names; the report has all. */
const WARNINGS_IN_ALERT = 8;

/** The report of a batch. */
export function reportOf(
  item: BatchItem,
  verdict: BatchReport["verdict"],
  decidedAt: string,
  file: ReportedFile,
): BatchReport {
  const { model, batchId, source } = item;
  const { rows, reasons, columns = [], timeRange = null, warnings = [], profile = null, context = NO_CONTEXT } = file;
  return makeReport(
    { verdict, model, batchId, source, decidedAt, rows, columns, timeRange, reasons, warnings, profile, context },
    file.definition ?? null,
  );
}

/** Writes a report as a page for people, then as data. */
export async function writeReport(
  factory: Pick<Factory, "objects" | "settings">,
  report: BatchReport,
  reportKey: string,
  pageKey: string,
): Promise<void> {
  const bucket = factory.settings.dataBucket;
  await factory.objects.writeText({ bucket, key: pageKey }, reportPage(report), {
    contentType: "text/html; charset=utf-8",
  });
  await writeJson(factory, { bucket, key: reportKey }, report);
}

/** Tells people about severe warnings of an accepted batch; may be done again after a crash. */
export async function alertSevere(
  factory: Pick<Factory, "alerts" | "objects" | "settings">,
  { model, batchId, source, reportKey }: BatchItem,
): Promise<void> {
  if (reportKey === null) return;
  const bucket = factory.settings.dataBucket;
  const { warnings } = await readJson<BatchReport>(factory, { bucket, key: reportKey });
  const severe = warnings.filter((warning) => warning.severe === true);
  if (severe.length === 0) return;
  const pageKey = dataKeys.batchReportPage(model, batchId);
  const fileName = (source.key.split("/").at(-1) ?? source.key).replaceAll(/[^\x20-\x7e]+/g, "?");
  await factory.alerts.publish({
    kind: "batch-warning",
    severity: "warning",
    stage: factory.settings.stage,
    model,
    title: "an upload was accepted with a severe warning",
    what: `${fileName.slice(0, 200)} is accepted and will be trained on, but ${severe.length === 1 ? "one finding" : `${severe.length} findings`} should be looked at before the next version is trusted.`,
    evidence: [
      ...severe
        .slice(0, WARNINGS_IN_ALERT)
        .map(({ rule, column, message }) => `${rule}${column === undefined ? "" : ` (${column})`}: ${message}`),
      `report: s3://${bucket}/${reportKey}`,
    ],
    commands: [`aws s3 cp s3://${bucket}/${pageKey} report.html`, `mlops status ${model}`],
  });
}
