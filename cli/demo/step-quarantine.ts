import { brokenBirdstrikeCsv } from "../../models/birdstrike-damage/prepare.ts";
import { Failure } from "../support/failure.ts";
import { readJson } from "../support/objects.ts";
import { table } from "../support/table.ts";
import { until } from "../support/wait.ts";
import type { AlertInbox } from "./alert-inbox.ts";
import type { DemoContext } from "./context.ts";
import { heading } from "./heading.ts";
import { uploadAndWatch } from "./loop.ts";
import { predictOne } from "./predictions.ts";
import type { DemoReport } from "./report.ts";

/** Uploads a broken file: it must be quarantined with reasons, and the champion must go on serving. */
export async function quarantineStep(context: DemoContext, inbox: AlertInbox): Promise<void> {
  const { progress, session, model, report } = context;
  heading(progress, "4. Upload a broken file; nothing of it is trained on, and the champion goes on");
  const before = (await session.registry.getHead(model)).champion;
  await collectAlerts(context, inbox);
  const { batch } = await uploadAndWatch(context, "birdstrikes-broken.csv", brokenBirdstrikeCsv());
  if (batch.status !== "quarantined" || batch.reportKey === null) throw new Failure("The broken file was accepted.");
  const quarantine = await readJson<{ reasons: DemoReport["quarantined"][number]["reasons"] }>(
    session,
    batch.reportKey,
  );
  report.quarantined.push({ key: batch.source.key, reasons: quarantine.reasons });
  progress.lines(
    table(
      ["rule", "column", "rows", "what and what to do"],
      quarantine.reasons.map((reason) => [reason.rule, reason.column ?? "", reason.count ?? "", reason.message]),
    ),
  );
  const instance = report.predictions[0]?.instance as Record<string, string>;
  const { variant } = await predictOne(context, instance);
  const after = (await session.registry.getHead(model)).champion;
  if (after !== before)
    throw new Failure(`The champion changed from ${before} to ${after} although the file was broken.`);
  const alerts = await until("the alert about the quarantined file", 20, async () => {
    const received = await collectAlerts(context, inbox);
    return received.length > 0 ? received : undefined;
  });
  progress.lines(`Alert sent: "${alerts[0]}". Version ${after} goes on answering (${variant}).`);
}

/** Takes new alerts into the report and gives their subjects. */
export async function collectAlerts(context: DemoContext, inbox: AlertInbox): Promise<string[]> {
  const alerts = await inbox.collect();
  context.report.alerts.push(...alerts.map(({ subject, at }) => ({ subject, at })));
  return alerts.map((alert) => alert.subject);
}
