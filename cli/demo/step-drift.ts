import { birdstrikeInstances } from "../../models/birdstrike-damage/prepare.ts";
import { checkNow, type DriftReport } from "../commands/drift.ts";
import { Failure } from "../support/failure.ts";
import { readJson } from "../support/objects.ts";
import { table } from "../support/table.ts";
import { until } from "../support/wait.ts";
import type { AlertInbox } from "./alert-inbox.ts";
import { capturedRecords } from "./captured-records.ts";
import type { DemoContext } from "./context.ts";
import { heading } from "./heading.ts";
import { watchRun } from "./loop.ts";
import { type Instance, replay } from "./predictions.ts";
import { collectAlerts } from "./step-quarantine.ts";

const SPEED = "Speed IAS in knots";
const KMH_PER_KNOT = 1.852;

/** Replays 2001-2002 as live traffic: first as it was, then with the speed in the wrong unit. */
export async function driftStep(context: DemoContext, inbox: AlertInbox): Promise<void> {
  const { progress, session, model, report } = context;
  const instances = birdstrikeInstances({ from: 2001, to: 2002 });
  heading(progress, "5. Replay 2001-2002 as live traffic and check for drift: first the reports as they are");
  await replayAndCheck(context, "2001-2002 as reported", instances);

  heading(progress, "6. The same traffic again, but an application sends the speed in km/h by mistake");
  await collectAlerts(context, inbox);
  const since = new Date().toISOString();
  const wrong = instances.map((instance) => {
    const speed = instance[SPEED];
    return typeof speed === "number"
      ? { ...instance, [SPEED]: Math.min(600, Math.round(speed * KMH_PER_KNOT)) }
      : instance;
  });
  const found = await replayAndCheck(context, "2001-2002 with the speed in km/h", wrong);
  if (!found.alarmed || found.features[0]?.feature !== SPEED) {
    throw new Failure(`The check should put "${SPEED}" on top and alert; it found ${found.reason}`);
  }
  const alerts = await until("the drift alert", 20, async () => {
    const received = await collectAlerts(context, inbox);
    return received.length > 0 ? received : undefined;
  });
  progress.lines(`Alert sent: "${alerts[0]}"`);
  const decision = report.drift.at(-1)?.retraining;
  progress.lines(`Retraining: ${decision?.reason.split(": ")[0] ?? "not asked for"}`);
  if (decision?.started !== true)
    throw new Failure("The definition allows a retraining after drift, but none started.");
  const run = await watchRun(context, since);
  const head = await session.registry.getHead(model);
  progress.lines(`${run.reason ?? ""}\nVersion ${head.champion} serves.`);
}

async function replayAndCheck(
  context: DemoContext,
  period: string,
  instances: readonly Instance[],
): Promise<DriftReport> {
  const { progress, session, model, report } = context;
  const before = await capturedRecords(context);
  progress.step(`${instances.length} requests, one row each`);
  const startedAt = Date.now();
  await replay(context, instances);
  progress.done(`${Math.round(instances.length / ((Date.now() - startedAt) / 1000))} requests a second`);
  // Data capture is asynchronous, minutes late on AWS: check once everything that was sent has been written.
  progress.step("wait for data capture");
  await until("data capture", 90, async () =>
    (await capturedRecords(context)) >= before + instances.length ? true : undefined,
  );
  progress.done();
  const check = await checkNow(session, model, progress);
  const drift = await readJson<DriftReport>(session, check.reportKey ?? "");
  report.drift.push({
    period,
    alarmed: drift.alarmed,
    level: drift.level,
    reason: drift.reason,
    features: drift.features.map(({ feature, level, debiasedPsi, logBayesFactor }) => ({
      feature,
      level,
      debiasedPsi,
      logBayesFactor,
    })),
    retraining: check.retraining,
  });
  progress.lines(
    `${drift.reason}\n${table(
      ["feature", "level", "effect (debiased PSI)", "log evidence"],
      drift.features
        .slice(0, 4)
        .map((item) => [item.feature, item.level, item.debiasedPsi.toFixed(4), item.logBayesFactor.toFixed(1)]),
    )}`,
  );
  return drift;
}
