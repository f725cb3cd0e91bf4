import { MlopsError } from "../../core/errors/mlops-error.ts";
import type { GateReport } from "../../core/gate/index.ts";
import { xgboostImage } from "../../core/plans/images.ts";
import { sagemakerModelName } from "../../core/plans/names.ts";
import { trainingSpendUsd } from "../../core/plans/spend.ts";
import { servingEnvironment } from "../../core/plans/training-plan.ts";
import type { RunItem, VersionItem } from "../../core/registry/items.ts";
import type { DeliveryRequest, Verdict } from "../../core/registry/types.ts";
import { recordVersion } from "../../core/registry/versions.ts";
import type { Factory } from "../factory.ts";
import { changeHead, mustAccept } from "../support/change-head.ts";
import { readJson } from "../support/json.ts";
import { requireDefinition, requireVersion } from "../support/require.ts";
import type { GateAnswer, GateRequest } from "./evaluate-gate.ts";
import { leaseDelivery } from "./lease-delivery.ts";

/** A candidate with its evidence. */
export interface RegisterRequest extends GateRequest {
  readonly fence: number;
  readonly gate: GateAnswer;
  readonly training: {
    readonly billableSeconds: number;
    readonly instanceType: string;
    readonly instanceCount: number;
  };
}

/** The version that was recorded, and the delivery to start, if any. */
export interface RegisterAnswer {
  readonly version: number;
  readonly verdict: Verdict;
  readonly delivery: DeliveryRequest | null;
  /** Why it is delivered or not; becomes the run's reason. */
  readonly note: string;
}

/**
 * Records the candidate as the next version together with what its training took, and takes the delivery lease when the gate
 * has passed (unless it is the very artifact that serves already). Repeating it gives the same version: a run has at most one.
 *
 * @throws MlopsError `delivery.lease-held` (retryable) while another delivery is under way, `training.lease-lost`
 */
export async function registerVersion(factory: Factory, request: RegisterRequest): Promise<RegisterAnswer> {
  const { model, runId, gate } = request;
  const { definition } = await requireDefinition(factory, model);
  const run = await factory.registry.getRun(model, runId);
  if (run === null) throw new MlopsError("registry.not-found", `${model} has no run ${runId}`);
  const version = run.version ?? (await record(factory, request, run, trainingSpendUsd(definition, request.training)));
  if (gate.verdict !== "passed") {
    await dismiss(factory, await requireVersion(factory, model, version));
    return { version, verdict: gate.verdict, delivery: null, note: gate.summary };
  }
  const head = await factory.registry.getHead(model);
  const champion = head.champion === null ? null : await factory.registry.getVersion(model, head.champion);
  if (champion !== null && champion.version !== version && champion.artifactSha256 === gate.artifactSha256) {
    const note = `version ${version} is byte for byte version ${champion.version}, which serves: nothing to deliver`;
    return { version, verdict: gate.verdict, delivery: null, note };
  }
  const { strategy, challenger } = definition.delivery;
  const experiment = strategy === "challenger" && head.champion !== null && head.champion !== version;
  const delivery = mustAccept(
    await leaseDelivery(factory, model, {
      action: experiment ? "add-challenger" : "promote",
      version,
      weightPercent: experiment ? challenger.weightPercent : null,
      requestedBy: `run ${runId}`,
      reason: `the gate passed version ${version}: ${gate.summary}`,
      forced: false,
    }),
  ).deliveryLease;
  return { version, verdict: gate.verdict, delivery: delivery?.request ?? null, note: gate.summary };
}

async function record(factory: Factory, request: RegisterRequest, run: RunItem, spendUsd: number): Promise<number> {
  const { model, runId, fence, gate } = request;
  const report = await readJson<GateReport>(factory, { bucket: factory.settings.dataBucket, key: gate.reportKey });
  const head = mustAccept(
    await changeHead(
      factory,
      model,
      (before, now) =>
        recordVersion(before, { runId, fence, verdict: gate.verdict, spendUsd, summary: gate.summary }, now),
      (after) => {
        const version = after.lastVersion;
        return [
          { kind: "version", item: versionItem(factory, request, run, report, version) },
          { kind: "run", item: { ...run, version, spendUsd } },
        ];
      },
    ),
  );
  return head.lastVersion;
}

function versionItem(
  factory: Factory,
  request: RegisterRequest,
  run: RunItem,
  report: GateReport,
  version: number,
): VersionItem {
  const { model, runId, gate } = request;
  return {
    model,
    version,
    runId,
    datasetId: request.datasetId,
    definitionHash: run.definitionHash ?? "",
    trainingJobName: request.trainingJobName,
    modelDataUrl: request.modelDataUrl,
    artifactSha256: gate.artifactSha256,
    verdict: gate.verdict,
    gateReportKey: gate.reportKey,
    summary: gate.summary,
    metrics: report.metrics.challenger,
    createdAt: factory.clock.now().toISOString(),
    sagemakerModel: sagemakerModelName(factory.settings.stage, model, runId),
    image: xgboostImage(factory.settings.region),
    environment: servingEnvironment(),
    sagemakerModelKept: true,
  };
}

/** A candidate that did not pass: its SageMaker model goes (the registry can make it again), and people learn why. */
async function dismiss(factory: Factory, version: VersionItem): Promise<void> {
  if (!version.sagemakerModelKept) return;
  const { model } = version;
  await factory.training.deleteModel(version.sagemakerModel);
  await factory.alerts.publish({
    kind: "version-refused",
    severity: "warning",
    stage: factory.settings.stage,
    model,
    title: `version ${version.version} ${version.verdict === "failed" ? "did not pass the gate" : "is undecided"}`,
    what: `${version.summary} Version ${version.version} was not released; the champion goes on serving.`,
    evidence: [
      `report: s3://${factory.settings.dataBucket}/${version.gateReportKey}`,
      ...Object.entries(version.metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`),
    ],
    commands: [
      `mlops versions ${model}`,
      `mlops traffic ${model} --challenger 20 --to-version ${version.version}`,
      `mlops retrain ${model}`,
    ],
  });
  await factory.registry.putVersion({ ...version, sagemakerModelKept: false });
}
