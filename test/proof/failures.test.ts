import { setTimeout as sleep } from "node:timers/promises";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../cli/support/wait.ts";
import type { RunItem } from "../../core/registry/items.ts";
import { type DeployedFactory, deployFactory, putAndWait } from "../e2e/support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "../e2e/support/tabular.ts";
import { FAILURES, type FailureRow } from "./failure-table.ts";
import { type AlertInbox, openAlertInbox } from "./support/alert-inbox.ts";
import { orphansOf } from "./support/orphans.ts";
import { addFaults, readFaults } from "./support/proof-cloud.ts";
import { printSummary } from "./support/summary.ts";

/** Models that have a champion; the rows are dealt out to them and run side by side. */
const LANES = ["lane-a", "lane-b", "lane-c"] as const;
const LOOK_MILLIS = 250;
const ROWS_A_FILE = 300;
const laneRows = FAILURES.filter((row) => row.first !== true);
const firstRows = FAILURES.filter((row) => row.first === true);
const firstModels = firstRows.map((_, index) => `first-${index}`);

let factory: DeployedFactory;
let inbox: AlertInbox;
/** Each lane's rows run one after another. */
const turns = new Map<string, Promise<unknown>>();
const findings: string[] = [];
let passed = 0;
let files = 0;

beforeAll(async () => {
  process.env["MLOPS_LOCAL_TIME_SCALE"] = "0.002";
  const models = [...LANES, ...firstModels];
  const definitions = Object.fromEntries(models.map((model) => [model, smallModel(model)]));
  factory = await deployFactory({ models: modelsDirectory(definitions) });
  inbox = await openAlertInbox(factory.session);
  await Promise.all(
    LANES.map(async (lane) => {
      await upload(lane, 4 * ROWS_A_FILE);
      const run = await settled(lane, null);
      expect(run).toMatchObject({ outcome: "succeeded" });
      expect((await factory.session.registry.getHead(lane)).champion).toBe(1);
    }),
  );
}, 180_000);

afterAll(async () => {
  delete process.env["MLOPS_LOCAL_TIME_SCALE"];
  printSummary("failure proof", { rows: FAILURES.length, passed, findings: findings.length });
  for (const finding of findings) process.stdout.write(`  ${finding}\n`);
  await factory?.stop();
});

async function upload(model: string, rows = ROWS_A_FILE): Promise<void> {
  files += 1;
  const batch = await putAndWait(factory.session, model, `${files}.csv`, smallCsv(rows, files, files * 10_000));
  expect(batch.status).toBe("accepted");
}

/** Waits until the model's next run has ended and nothing is in flight; looks seldom, to leave the machine to the factory. */
function settled(model: string, after: string | null): Promise<RunItem> {
  const { registry } = factory.session;
  return until(`a run of ${model}`, 120, async () => {
    await sleep(LOOK_MILLIS);
    const head = await registry.getHead(model);
    if (head.trainingLease !== null || head.deliveryLease !== null || head.trainingPending !== null) return undefined;
    const [run] = await registry.listRuns(model, 1);
    return run !== undefined && run.runId !== after && run.outcome !== "running" ? run : undefined;
  });
}

async function check(row: FailureRow, model: string): Promise<void> {
  const { session } = factory;
  const { endpoint } = factory.info();
  const before = await session.registry.getHead(model);
  const [runBefore] = await session.registry.listRuns(model, 1);
  const faults = row.faults(model);
  await addFaults(endpoint, faults);
  const alertsBefore = (await inbox.read(model)).length;
  await upload(model, before.champion === null ? 4 * ROWS_A_FILE : ROWS_A_FILE);
  const run = await settled(model, runBefore?.runId ?? null);
  const [delivery] = await session.registry.listDeliveries(model, 1);
  const head = await session.registry.getHead(model);

  if (row.outcome === "run-failed") {
    expect(run).toMatchObject({ outcome: "failed" });
    expect(run?.reason).toMatch(row.reason as RegExp);
  } else expect(run, run?.reason ?? "").toMatchObject({ outcome: "succeeded" });
  if (row.outcome === "delivery-failed") {
    expect(delivery).toMatchObject({ outcome: "failed" });
    expect(delivery?.reason).toMatch(row.reason as RegExp);
  }
  if (row.outcome === "delivered") {
    expect(delivery, delivery?.reason ?? "").toMatchObject({ outcome: "succeeded" });
    expect(head.champion).toBe(head.lastVersion);
    expect(head.lastVersion).toBe(before.lastVersion + 1);
  } else {
    expect(head.champion).toBe(before.champion);
    const kind = row.outcome === "run-failed" ? "training-failed" : "delivery-failed";
    const alerts = (await inbox.read(model)).slice(alertsBefore);
    expect(alerts.map((alert) => alert.kind)).toContain(kind);
  }
  expect([head.trainingLease, head.deliveryLease, head.trainingPending]).toEqual([null, null, null]);

  // Every planned failure was met, so that the row shows what it says.
  const shown = (await readFaults(endpoint)).filter(({ match }) => match?.includes(model));
  for (const fault of shown.slice(-faults.length)) {
    const wanted = fault.times >= 1_000 ? 1 : fault.times;
    expect(fault.hits, `${fault.service}:${fault.operation} hits`).toBeGreaterThanOrEqual(wanted);
  }
  expect(await orphansOf(session, "dev", model)).toEqual([]);
  if (head.champion !== null) await expectServing(model);
}

async function expectServing(model: string): Promise<void> {
  const answer = await factory.session.runtime.send(
    new InvokeEndpointCommand({
      EndpointName: `dev-${model}`,
      ContentType: "application/json",
      Body: Buffer.from(JSON.stringify({ instances: [{ size: 12, colour: "red" }] })),
    }),
  );
  expect(JSON.parse(Buffer.from(answer.Body).toString("utf8"))).toHaveProperty("predictions");
}

function inTurn(model: string, work: () => Promise<void>): Promise<void> {
  const turn = (turns.get(model) ?? Promise.resolve()).then(work, work);
  turns.set(
    model,
    turn.catch(() => undefined),
  );
  return turn;
}

async function prove(row: FailureRow, model: string): Promise<void> {
  try {
    await inTurn(model, () => check(row, model));
    passed += 1;
  } catch (error) {
    findings.push(`${row.failure}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    throw error;
  }
}

describe.concurrent("the factory, when", () => {
  it.each(laneRows.map((row, index) => [row.failure, row, LANES[index % LANES.length] ?? "lane-a"] as const))(
    "%s",
    (_failure, row, lane) => prove(row, lane),
  );
  it.each(firstRows.map((row, index) => [row.failure, row, firstModels[index] ?? ""] as const))(
    "%s",
    (_failure, row, model) => prove(row, model),
  );
});
