import { callAws, callUnless } from "../call-aws.ts";
import { type Properties, type ResourceContext, type ResourceProvider, textOf } from "../resource-provider.ts";

/** AWS::CloudWatch::Dashboard: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-dashboard.html */
export const cloudwatchDashboard: ResourceProvider = {
  type: "AWS::CloudWatch::Dashboard",
  properties: new Set(["DashboardBody", "DashboardName"]),
  replaceOn: ["DashboardName"],
  create: (context, properties) =>
    put(context, textOf(properties, "DashboardName") ?? context.physicalName(255), properties),
  update: (context, properties, current) => put(context, current.physicalId, properties),
  async delete({ cloud }, current) {
    await callUnless(["DashboardNotFoundError", "ResourceNotFound"], cloud, "cloudwatch", "DeleteDashboards", {
      DashboardNames: [current.physicalId],
    });
  },
};

async function put({ cloud }: ResourceContext, name: string, properties: Properties) {
  const body = properties["DashboardBody"];
  await callAws(cloud, "cloudwatch", "PutDashboard", {
    DashboardName: name,
    DashboardBody: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { physicalId: name, attributes: {} };
}
