import { DescribeEndpointCommand } from "@aws-sdk/client-sagemaker";
import colors from "picocolors";
import { endpointName, requireModel } from "../support/definitions.ts";
import { ago } from "../support/format.ts";
import { printResult } from "../support/print.ts";
import { openSession, type Session, type SessionOptions } from "../support/session.ts";
import { table } from "../support/table.ts";

/** What `mlops status` tells of one model. */
export interface ModelStatus {
  readonly model: string;
  readonly endpoint: { readonly name: string; readonly status: string; readonly variants: readonly object[] };
  readonly champion: number | null;
  readonly challenger: { readonly version: number; readonly weightPercent: number } | null;
  readonly previousChampion: number | null;
  readonly training: string | null;
  readonly delivering: string | null;
  readonly waiting: string | null;
  readonly lastRun: {
    readonly runId: string;
    readonly outcome: string;
    readonly startedAt: string;
    readonly reason: string | null;
  } | null;
  readonly lastDriftCheck: {
    readonly checkedAt: string;
    readonly level: string;
    readonly worstFeatures: readonly string[];
  } | null;
  readonly batches: { readonly accepted: number; readonly quarantined: number };
}

/** `mlops status [model]` */
export async function status(model: string | undefined, options: SessionOptions & { json: boolean }): Promise<void> {
  const session = await openSession({ ...options, quiet: options.json });
  const names =
    model === undefined
      ? (await session.registry.listDefinitions()).map((item) => item.model)
      : [(await requireModel(session, model)).model];
  const models = await Promise.all(names.map((name) => describe(session, name)));
  const result = { stage: session.outputs.Stage, outputs: session.outputs, models };
  printResult(options.json, result, () => (models.length === 0 ? NO_MODELS : models.map(render).join("\n\n")));
}

const NO_MODELS = "The factory has no model yet. Add models/<name>/model.yaml and deploy.";

async function describe(session: Session, model: string): Promise<ModelStatus> {
  const { registry } = session;
  const [head, runs, drift, batches] = await Promise.all([
    registry.getHead(model),
    registry.listRuns(model, 1),
    registry.listDriftChecks(model, 1),
    registry.listBatches(model),
  ]);
  const name = endpointName(session, model);
  const run = runs[0];
  const check = drift[0];
  return {
    model,
    endpoint: { name, status: await endpointStatus(session, name), variants: head.endpoint?.variants ?? [] },
    champion: head.champion,
    challenger: head.challenger,
    previousChampion: head.previousChampion,
    training: head.trainingLease?.runId ?? null,
    delivering: head.deliveryLease?.deliveryId ?? null,
    waiting: head.trainingPending?.reason ?? null,
    lastRun:
      run === undefined
        ? null
        : { runId: run.runId, outcome: run.outcome, startedAt: run.startedAt, reason: run.reason },
    lastDriftCheck:
      check === undefined
        ? null
        : { checkedAt: check.checkedAt, level: check.level, worstFeatures: check.worstFeatures },
    batches: {
      accepted: batches.filter((batch) => batch.status === "accepted").length,
      quarantined: batches.filter((batch) => batch.status === "quarantined").length,
    },
  };
}

async function endpointStatus(session: Session, name: string): Promise<string> {
  try {
    return (await session.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))).EndpointStatus ?? "?";
  } catch (error) {
    if (/Could not find|does not exist/i.test((error as Error).message)) return "not created";
    throw error;
  }
}

function render(item: ModelStatus): string {
  const now = new Date();
  const rows: Array<[string, string]> = [
    ["endpoint", `${item.endpoint.name} (${item.endpoint.status})`],
    ["serves", item.champion === null ? "nothing yet: upload data" : `version ${item.champion}`],
  ];
  if (item.challenger !== null) {
    rows.push([
      "challenger",
      `version ${item.challenger.version} at ${item.challenger.weightPercent} % of the traffic`,
    ]);
  }
  if (item.training !== null) rows.push(["training", item.training]);
  if (item.delivering !== null) rows.push(["delivering", item.delivering]);
  if (item.waiting !== null) rows.push(["waiting", item.waiting]);
  if (item.lastRun !== null) {
    const { runId, outcome, startedAt, reason } = item.lastRun;
    rows.push(["last run", `${runId} ${outcome}, ${ago(startedAt, now)}${reason === null ? "" : `: ${reason}`}`]);
  }
  if (item.lastDriftCheck !== null) {
    const { level, checkedAt, worstFeatures } = item.lastDriftCheck;
    rows.push([
      "drift",
      `${level}${worstFeatures.length === 0 ? "" : ` (${worstFeatures.join(", ")})`}, ${ago(checkedAt, now)}`,
    ]);
  }
  rows.push(["batches", `${item.batches.accepted} accepted, ${item.batches.quarantined} quarantined`]);
  return `${colors.bold(item.model)}\n${table(["", ""], rows).split("\n").slice(1).join("\n")}`;
}
