import { canonicalHash } from "../../core/definition/canonical-json.ts";
import {
  addToState,
  type DriftDecision,
  type DriftReport,
  type DriftState,
  decideDrift,
  emptyDriftState,
} from "../../core/drift/index.ts";
import { MlopsError } from "../../core/errors/mlops-error.ts";
import { dataKeys } from "../../core/plans/names.ts";
import type { DriftItem, VersionItem } from "../../core/registry/items.ts";
import type { Head } from "../../core/registry/types.ts";
import type { Factory } from "../factory.ts";
import type { PublishedDefinition } from "../ports/registry.ts";
import { writeJson } from "../support/json.ts";
import { requireDefinition, requireVersion } from "../support/require.ts";
import { alertDrift, newsIn } from "./alert-drift.ts";
import { loadReferences, type VersionReferences } from "./drift-references.ts";
import type { DueModel } from "./due-models.ts";
import { type CaptureRead, type CaptureState, EMPTY_CAPTURE_STATE, readCapture } from "./read-capture.ts";
import { requestTraining, type TrainingAnswer } from "./request-training.ts";

/** What a check has found and decided. */
export interface DriftAnswer {
  readonly model: string;
  readonly level: "none" | "note" | "act";
  readonly alarmed: boolean;
  readonly reportKey: string | null;
  readonly retraining: { readonly started: boolean; readonly reason: string } | null;
}

/** `monitor/state.json`. */
interface MonitorState {
  readonly schemaVersion: 1;
  readonly model: string;
  readonly version: number;
  /** Hash of the bins that are counted over; counts over others cannot be added to. */
  readonly binsHash: string;
  readonly drift: DriftState;
  readonly capture: CaptureState;
}

/** Two checks of one model may meet (schedule and command); the second then counts on top of the first. */
const MAX_TRIES = 4;
/** Deliveries that may have put this champion before its traffic. */
const DELIVERIES = 100;

/**
 * Counts the live rows that are new since the last check, decides, writes the report, tells people what is new, and starts a
 * retraining as far as the definition allows. Every check and its decision is on record. Files and events count once, however
 * often they are seen.
 */
export async function checkDrift(factory: Factory, due: DueModel): Promise<DriftAnswer> {
  const published = await requireDefinition(factory, due.model);
  const scheduled = due.retrain === null ? null : await retrainOnSchedule(factory, published);
  const quiet: DriftAnswer = {
    model: due.model,
    level: "none",
    alarmed: false,
    reportKey: null,
    retraining: scheduled,
  };
  if (!due.check) return quiet;
  const head = await factory.registry.getHead(due.model);
  if (head.champion === null || head.endpoint === null || head.championSince === null) return quiet;
  const version = await requireVersion(factory, due.model, head.champion);
  const references = await loadReferences(factory, version, published.definition);
  const { state, read } = await count(factory, published, head, version, references);
  const checkedAt = factory.clock.now();
  const decision = decideDrift({
    references: { ...references.inputs, ...references.predictions },
    state,
    now: checkedAt.toISOString(),
    thresholds: published.definition.monitoring.psi,
  });
  const report: DriftReport = {
    schemaVersion: 1,
    model: due.model,
    endpoint: head.endpoint.name,
    version: version.version,
    checkedAt: checkedAt.toISOString(),
    ...decision,
  };
  const reportKey = decision.rowsSinceChampion === 0 ? null : dataKeys.driftReport(due.model, checkedAt);
  if (reportKey !== null) await writeJson(factory, { bucket: factory.settings.dataBucket, key: reportKey }, report);
  const drifted = decision.level === "act" ? await retrainOnDrift(factory, published, decision) : null;
  const retraining = drifted ?? scheduled;
  await record(factory, { report, reportKey, retraining, read });
  return { model: due.model, level: decision.level, alarmed: decision.alarmed, reportKey, retraining };
}

/** Reads what is new and adds it to the state, starting over when another check was faster. */
async function count(
  factory: Factory,
  { definition }: PublishedDefinition,
  head: Head,
  version: VersionItem,
  references: VersionReferences,
): Promise<{ state: DriftState; read: CaptureRead }> {
  const location = { bucket: factory.settings.dataBucket, key: dataKeys.monitorState(head.model) };
  const deliveries = await factory.registry.listDeliveries(head.model, DELIVERIES);
  const since = head.championSince ?? "";
  const deliveryIds = deliveries
    .filter(
      (item) => item.champion === version.version && item.outcome === "succeeded" && (item.endedAt ?? "") >= since,
    )
    .map((item) => item.deliveryId)
    .reverse();
  if (head.endpoint !== null && !deliveryIds.includes(head.endpoint.deliveryId))
    deliveryIds.push(head.endpoint.deliveryId);
  const shape = { problem: definition.problem, features: references.features };
  const binsHash = canonicalHash({ ...references.inputs, ...references.predictions });
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const stored = await factory.objects.readText(location);
    const found = stored === null ? null : (JSON.parse(stored.text) as MonitorState);
    const before = usable(found, { version, binsHash, since });
    const target = { model: head.model, endpointName: head.endpoint?.name ?? "", deliveryIds };
    const read = await readCapture(factory, target, references, shape, before.capture);
    if (read.files === 0) return { state: before.drift, read };
    const drift = addToState(before.drift, read.counts, factory.clock.now().toISOString());
    const after: MonitorState = { ...before, drift, capture: read.state };
    const condition = stored === null ? { ifNoneMatch: true as const } : { ifMatch: stored.info.etag };
    const written = await factory.objects.writeText(location, `${JSON.stringify(after)}\n`, {
      contentType: "application/json",
      ...condition,
    });
    if (written !== null) return { state: drift, read };
  }
  throw new MlopsError(
    "cloud.unavailable",
    `the drift state of ${head.model} was changed by others ${MAX_TRIES} times`,
  );
}

/**
 * The stored state when it is about this champion and counts over its bins, otherwise a new one. Bins change with the definition's list of watched
 * features, or with a release of the factory: then all captured files are counted again.
 */
function usable(
  stored: MonitorState | null,
  { version, binsHash, since }: { version: VersionItem; binsHash: string; since: string },
): MonitorState {
  if (
    stored?.schemaVersion === 1 &&
    stored.version === version.version &&
    stored.binsHash === binsHash &&
    stored.drift.since === since
  )
    return stored;
  return {
    schemaVersion: 1,
    model: version.model,
    version: version.version,
    binsHash,
    drift: emptyDriftState(since),
    capture: EMPTY_CAPTURE_STATE,
  };
}

async function retrainOnDrift(
  factory: Factory,
  { model, definition }: PublishedDefinition,
  decision: DriftDecision,
): Promise<{ started: boolean; reason: string }> {
  if (!definition.retraining.on.includes("drift")) {
    return { started: false, reason: `retraining.on does not include drift; start it with: mlops retrain ${model}` };
  }
  return answered(
    await requestTraining(factory, { model, trigger: { kind: "drift", reason: decision.reason }, actor: "monitor" }),
  );
}

async function retrainOnSchedule(
  factory: Factory,
  { model, definition }: PublishedDefinition,
): Promise<{ started: boolean; reason: string }> {
  const reason = `the schedule of every ${definition.retraining.scheduleEveryHours} hours`;
  return answered(await requestTraining(factory, { model, trigger: { kind: "schedule", reason }, actor: "monitor" }));
}

function answered(answer: TrainingAnswer): { started: boolean; reason: string } {
  const started = answer.outcome === "started";
  return { started, reason: started ? `run ${answer.runId} started: ${answer.reason}` : answer.reason };
}

async function record(
  factory: Factory,
  check: {
    readonly report: DriftReport;
    readonly reportKey: string | null;
    readonly retraining: DriftItem["retraining"];
    readonly read: CaptureRead;
  },
): Promise<void> {
  const { report, reportKey, retraining, read } = check;
  const [last] = await factory.registry.listDriftChecks(report.model, 1);
  const drifted = report.features.filter((feature) => feature.level !== "none").map((feature) => feature.feature);
  const item: DriftItem = {
    model: report.model,
    checkedAt: report.checkedAt,
    version: report.version,
    level: report.level,
    alarmed: report.alarmed,
    rows: read.rows,
    reportKey,
    worstFeatures: drifted.slice(0, 20),
    reason: report.reason,
    retraining,
    alertedAt: null,
    unreadable: read.unreadable,
  };
  if (read.unreadable > 0) {
    factory.log.warn("capture lines could not be read", { model: report.model, unreadable: read.unreadable });
  }
  const isNews = newsIn(item, last ?? null);
  if (isNews) await alertDrift(factory, report, item);
  const alertedAt = isNews ? report.checkedAt : item.alarmed ? (last?.alertedAt ?? null) : null;
  await factory.registry.putDriftCheck({ ...item, alertedAt });
}
