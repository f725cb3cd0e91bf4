import { rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import colors from "picocolors";
import { stopLocalCloud } from "../local/control.ts";
import { setUpPython } from "../local/python-setup.ts";
import { startLocalCloud } from "../local/up.ts";
import { Failure } from "../support/failure.ts";
import { localEnvironment } from "../support/local-cloud.ts";
import { createProgress } from "../support/progress.ts";
import { openSession } from "../support/session.ts";
import { openAlertInbox } from "./alert-inbox.ts";
import type { DemoContext } from "./context.ts";
import { emptyReport } from "./report.ts";
import { driftStep } from "./step-drift.ts";
import { firstModelStep } from "./step-first-model.ts";
import { quarantineStep } from "./step-quarantine.ts";
import { secondModelStep } from "./step-second-model.ts";
import { trafficStep } from "./step-traffic.ts";
import { summarize } from "./summary.ts";

const MODEL = "birdstrike-damage";

/** `npm run demo`: the whole loop on real data, on this machine. Exits 0 only when every step did what it should. */
export async function demo(options: { json?: string; keep: boolean }): Promise<void> {
  const startedAt = performance.now();
  const progress = createProgress(process.stdout);
  const report = emptyReport(MODEL);
  const state = resolve(".mlops/demo");
  const seconds = () => (performance.now() - startedAt) / 1000;
  let interrupted = false;
  const onSignal = () => {
    interrupted = true;
    progress.fail("interrupted");
    void stopLocalCloud(state).then(() => process.exit(130));
  };
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  try {
    progress.lines(colors.bold("A model factory on this machine: real data, real training, no AWS account.\n"));
    await stopLocalCloud(state);
    rmSync(state, { recursive: true, force: true });
    await setUpPython(progress);
    const started = await startLocalCloud({ state, port: 0, stage: "dev", enforceIam: true }, progress);
    report.timings = {
      synthSeconds: started.synthCached ? 0 : started.synthSeconds,
      readySeconds: started.readySeconds,
    };
    Object.assign(process.env, localEnvironment(started.info));
    const session = await openSession({ stage: "dev", quiet: true });
    const inbox = await openAlertInbox(session.outputs.AlertTopicArn);
    const context: DemoContext = { model: MODEL, session, progress, report };

    await firstModelStep(context);
    await secondModelStep(context);
    await quarantineStep(context, inbox);
    await driftStep(context, inbox);
    await trafficStep(context);
    await summarize(context, { keep: options.keep, state, seconds: seconds() });
    report.ok = true;
  } catch (error) {
    if (interrupted) return;
    report.error = (error as Error).message;
    progress.fail((error as Error).message);
    throw error instanceof Failure ? new Failure(`The demo stopped. The local cloud's log: ${state}/cloud.log`) : error;
  } finally {
    report.seconds = seconds();
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    if (!options.keep && !interrupted) await stopLocalCloud(state);
    process.removeListener("SIGINT", onSignal);
    process.removeListener("SIGTERM", onSignal);
  }
}
