import type { BatchReport } from "../../core/data/report/batch-report.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";
import { readJson } from "../support/json.ts";
import { type ReportedFile, reportOf, writeReport } from "./batch-report.ts";

/** Where uploads for models that nobody defined are kept. No model can have this name. */
export const UNKNOWN_MODEL = "_unknown";

/** The life-cycle rule of the data bucket removes objects with this tag when their time is over (lib/data-lake.ts). */
const QUARANTINE_TAGS = { "mlops:kind": "quarantine" };

/** Reasons that an alert names; the report has all. */
const REASONS_IN_ALERT = 8;

/** Sets an upload aside: a copy and the report first, then the decision on record, then people are told and the upload goes. */
export async function quarantineBatch(factory: Factory, item: BatchItem, found: ReportedFile): Promise<void> {
  const { model, batchId, source } = item;
  const bucket = factory.settings.dataBucket;
  const decidedAt = factory.clock.now().toISOString();
  const reportKey = dataKeys.quarantineReport(model, batchId);
  if ((await factory.objects.head(source)) !== null) {
    await factory.objects.copy(source, { bucket, key: quarantinedKey(item) }, QUARANTINE_TAGS);
  }
  const report = reportOf(item, "quarantined", decidedAt, found);
  await writeReport(factory, report, reportKey, dataKeys.quarantineReportPage(model, batchId));
  const decided: BatchItem = {
    ...item,
    status: "quarantined",
    claim: null,
    decidedAt,
    reportKey,
    rules: [...new Set(found.reasons.map((reason) => reason.rule))],
  };
  await factory.registry.putBatch(decided);
  factory.log.info("batch quarantined", { model, batchId, rules: decided.rules });
  await settleQuarantine(factory, decided);
}

/** What follows the decision; may be done again after a crash. */
export async function settleQuarantine(factory: Factory, item: BatchItem): Promise<void> {
  const { model, batchId, source } = item;
  const bucket = factory.settings.dataBucket;
  const reportKey = item.reportKey ?? dataKeys.quarantineReport(model, batchId);
  const report = await readJson<BatchReport>(factory, { bucket, key: reportKey });
  await factory.alerts.publish({
    kind: "batch-quarantined",
    severity: "warning",
    stage: factory.settings.stage,
    model,
    title: "an upload was quarantined",
    what: `${shortKey(source.key)} broke ${report.reasons.length === 1 ? "a rule" : `${report.reasons.length} rules`} and was set aside. Nothing of it is used for training; the champion goes on serving.`,
    evidence: [
      ...report.reasons.slice(0, REASONS_IN_ALERT).map((reason) => `${reason.rule}: ${reason.message}`),
      `report: s3://${bucket}/${reportKey}`,
      `file: s3://${bucket}/${quarantinedKey(item)}`,
    ],
    commands: [
      `aws s3 cp s3://${bucket}/${reportKey} -`,
      `aws s3 cp s3://${bucket}/${dataKeys.quarantineReportPage(model, batchId)} report.html`,
      model === UNKNOWN_MODEL ? "mlops status" : `mlops upload ${model} <the corrected file>`,
    ],
  });
  await factory.objects.delete(source);
  await factory.registry.putBatch({ ...item, settledAt: factory.clock.now().toISOString() });
}

function quarantinedKey(item: BatchItem): string {
  const name = item.source.key.split("/").at(-1) ?? "";
  const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "_");
  const short = safe.length <= 100 ? safe : `${safe.slice(0, 60)}-${safe.slice(-39)}`;
  return dataKeys.quarantinedFile(
    item.model,
    item.batchId,
    short === "" || /^report\.(?:json|html)$/.test(short) ? "file" : short,
  );
}

function shortKey(key: string): string {
  const printable = key.replaceAll(/[^\x20-\x7e]+/g, "?");
  return printable.length <= 200 ? printable : `${printable.slice(0, 120)}...${printable.slice(-60)}`;
}
