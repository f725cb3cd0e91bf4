import type { DriftReport, FeatureDrift } from "../../core/drift/index.ts";
import type { DriftItem } from "../../core/registry/items.ts";
import type { Factory } from "../factory.ts";

/** The same drift is told again after so long. */
const REPEAT_MILLIS = 24 * 3_600_000;
const FEATURES_IN_ALERT = 5;

/** Whether people have to be told: the first time, when it got worse, when another feature joins, or once a day. */
export function newsIn(item: DriftItem, last: DriftItem | null): boolean {
  if (!item.alarmed) return false;
  if (last === null || last.alertedAt === null || last.version !== item.version) return true;
  if (item.level === "act" && last.level !== "act") return true;
  if (item.worstFeatures.some((feature) => !last.worstFeatures.includes(feature))) return true;
  return Date.parse(item.checkedAt) - Date.parse(last.alertedAt) >= REPEAT_MILLIS;
}

/** Tells what moved, how sure that is, what was done about it, and what to type. */
export async function alertDrift(factory: Factory, report: DriftReport, item: DriftItem): Promise<void> {
  const { model } = report;
  const worst = report.features.filter((feature) => feature.level !== "none").slice(0, FEATURES_IN_ALERT);
  const retraining =
    item.retraining === null
      ? "No retraining was started."
      : item.retraining.started
        ? `Retraining: ${item.retraining.reason}.`
        : `No retraining was started: ${item.retraining.reason}.`;
  await factory.alerts.publish({
    kind: "drift-found",
    severity: report.level === "act" ? "critical" : "warning",
    stage: factory.settings.stage,
    model,
    title: `live data drifted: ${worst[0]?.feature ?? "several features"}`,
    what: `${report.reason} ${retraining}`,
    evidence: [
      ...worst.map(describeFeature),
      `rows since version ${report.version} went live: ${report.rowsSinceChampion}`,
      `report: s3://${factory.settings.dataBucket}/${item.reportKey}`,
    ],
    commands: [`mlops drift ${model}`, `mlops retrain ${model}`, `mlops rollback ${model}`],
  });
}

function describeFeature(feature: FeatureDrift): string {
  const bins = feature.bins
    .slice(0, 2)
    .map((bin) => `${bin.bin} ${percent(bin.referenceShare)} -> ${percent(bin.liveShare)}`)
    .join(", ");
  return `${feature.feature}: PSI ${feature.debiasedPsi.toFixed(3)}, e-value ${feature.eValue}, ${feature.rows} rows; ${bins}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
