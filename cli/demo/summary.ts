import colors from "picocolors";
import { versionStatus } from "../../core/registry/versions.ts";
import { decimals, duration } from "../support/format.ts";
import { table } from "../support/table.ts";
import type { DemoContext } from "./context.ts";
import { heading } from "./heading.ts";

/** Ends the demo: what ran, what there is now, what to type next. */
export async function summarize(
  context: DemoContext,
  options: { keep: boolean; state: string; seconds: number },
): Promise<void> {
  const { progress, session, model, report } = context;
  const [head, versions] = await Promise.all([
    session.registry.getHead(model),
    session.registry.listVersions(model, 50),
  ]);
  report.champion = head.champion;
  report.versions = versions
    .map((item) => ({
      version: item.version,
      status: versionStatus(head, item.version, item.verdict),
      metrics: { ...item.metrics },
      verdict: item.verdict,
      summary: item.summary,
    }))
    .reverse();
  heading(progress, `Done in ${duration(options.seconds)}`);
  progress.lines(
    table(
      ["version", "status", "auc", "gate", "why"],
      report.versions.map((item) => [
        item.version,
        item.status,
        decimals(item.metrics["auc"]),
        item.verdict,
        item.summary,
      ]),
    ),
  );
  const bucket = session.outputs.DataBucketName;
  progress.lines(
    [
      "",
      `Gate reports   s3://${bucket}/${model}/reports/gate/`,
      `Drift reports  s3://${bucket}/${model}/reports/drift/`,
      `Quarantine     s3://${bucket}/${model}/quarantine/`,
      "",
      colors.bold("Next"),
      ...(options.keep
        ? [
            `  npx mlops status ${model}`,
            `  npx mlops versions ${model}`,
            `  eval "$(npx mlops local env --state ${options.state})"; aws s3 ls s3://${bucket}/${model}/`,
            `  npx mlops local down --state ${options.state}`,
          ]
        : [
            "  npm run demo -- --keep       the same, and the local cloud stays up to look around",
            "  npx mlops local up           a local cloud of your own: edit models/, upload, retrain",
            "  npx cdk deploy               the same stack in your AWS account",
          ]),
    ].join("\n"),
  );
}
