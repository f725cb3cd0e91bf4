import { birdstrikeInstances } from "../../models/birdstrike-damage/prepare.ts";
import { Failure } from "../support/failure.ts";
import { operate } from "../support/operate.ts";
import { waitForDelivery } from "../support/wait.ts";
import type { DemoContext } from "./context.ts";
import { heading } from "./heading.ts";
import { replay } from "./predictions.ts";

const WEIGHT_PERCENT = 20;
const REQUESTS = 500;

/** Runs a challenger beside the champion at 20 % of the traffic and takes it out again. */
export async function trafficStep(context: DemoContext): Promise<void> {
  const { progress, session, model, report } = context;
  heading(progress, `7. A challenger beside the champion: ${WEIGHT_PERCENT} % of the traffic, then out again`);
  await change(context, `add a challenger at ${WEIGHT_PERCENT} %`, {
    action: "traffic",
    weightPercent: WEIGHT_PERCENT,
  });
  const { challenger, champion } = await session.registry.getHead(model);
  if (challenger === null) throw new Failure("There should be a challenger now.");
  report.traffic.challengerVersion = challenger.version;
  const instances = birdstrikeInstances({ from: 2001, to: 2002 }).slice(0, REQUESTS);
  progress.step(`${instances.length} requests`);
  const answers = await replay(context, instances);
  report.traffic.answersByVariant = answers;
  progress.done(
    `champion (version ${champion}) answered ${answers["champion"] ?? 0}, challenger (version ${challenger.version}) ${answers["challenger"] ?? 0}`,
  );
  if ((answers["challenger"] ?? 0) === 0 || (answers["champion"] ?? 0) === 0)
    throw new Failure("One variant never answered.");

  await change(context, "take it out", { action: "end-experiment", outcome: "remove" });
  report.traffic.afterRemoval = await replay(context, instances.slice(0, 50));
  const left = Object.keys(report.traffic.afterRemoval);
  if (left.join() !== "champion") throw new Failure(`Only the champion should answer; ${left.join(" and ")} did.`);
  progress.lines(`Only the champion answers again (${report.traffic.afterRemoval["champion"]} of 50).`);
}

async function change(context: DemoContext, title: string, request: Readonly<Record<string, unknown>>): Promise<void> {
  const { progress, session, model } = context;
  progress.step(title);
  const since = new Date(Date.now() - 500).toISOString();
  await operate(session, { ...request, model, requestedBy: "demo", reason: "the demo" });
  const delivery = await waitForDelivery(session, model, since, 120);
  if (delivery.outcome !== "succeeded") throw new Failure(`${title}: ${delivery.reason}`);
  progress.done(`delivery ${delivery.deliveryId}`);
}
