import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, Operation } from "../../kernel/cloud.ts";

interface DashboardRecord {
  readonly name: string;
  readonly body: string;
  readonly modifiedMillis: number;
}

/** Operations on dashboards: their bodies are stored and given back; only the form of the JSON is checked. */
export function dashboardOperations(cloud: Cloud): Record<string, Operation> {
  const dashboards = cloud.table<DashboardRecord>("cloudwatch", "dashboards");
  const arnOf = (name: string): string => `arn:${cloud.partition}:cloudwatch::${cloud.accountId}:dashboard/${name}`;
  const notFound = (name: string): AwsError =>
    new AwsError("DashboardNotFoundError", 404, `Dashboard ${name} does not exist`);

  return {
    PutDashboard(input: { DashboardName: string; DashboardBody: string }) {
      checkBody(input.DashboardBody);
      dashboards.set(input.DashboardName, {
        name: input.DashboardName,
        body: input.DashboardBody,
        modifiedMillis: cloud.now(),
      });
      return { DashboardValidationMessages: [] };
    },
    GetDashboard(input: { DashboardName: string }) {
      const dashboard = dashboards.get(input.DashboardName);
      if (!dashboard) throw notFound(input.DashboardName);
      return { DashboardArn: arnOf(dashboard.name), DashboardBody: dashboard.body, DashboardName: dashboard.name };
    },
    ListDashboards: (input: { DashboardNamePrefix?: string }) => ({
      DashboardEntries: [...dashboards.values()]
        .filter((dashboard) => dashboard.name.startsWith(input.DashboardNamePrefix ?? ""))
        .map((dashboard) => ({
          DashboardName: dashboard.name,
          DashboardArn: arnOf(dashboard.name),
          LastModified: new Date(dashboard.modifiedMillis),
          Size: Buffer.byteLength(dashboard.body),
        })),
    }),
    DeleteDashboards(input: { DashboardNames: string[] }) {
      for (const name of input.DashboardNames) if (!dashboards.has(name)) throw notFound(name);
      for (const name of input.DashboardNames) dashboards.delete(name);
      return {};
    },
  };
}

function checkBody(body: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const widgets = typeof parsed === "object" && parsed !== null ? (parsed as { widgets?: unknown }).widgets : undefined;
  if (!Array.isArray(widgets)) {
    throw new AwsError(
      "DashboardInvalidInputError",
      400,
      "The field DashboardBody must be a valid JSON object with widgets",
    );
  }
}
