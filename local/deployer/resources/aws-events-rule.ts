import { AwsError } from "../../kernel/aws-error.ts";
import { callAws, callUnless } from "../call-aws.ts";
import { listOf, type Properties, type ResourceContext, type ResourceProvider, textOf } from "../resource-provider.ts";

/** AWS::Events::Rule: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-rule.html */
export const eventsRule: ResourceProvider = {
  type: "AWS::Events::Rule",
  properties: new Set([
    "Description",
    "EventBusName",
    "EventPattern",
    "Name",
    "RoleArn",
    "ScheduleExpression",
    "State",
    "Tags",
    "Targets",
  ]),
  replaceOn: ["EventBusName", "Name"],
  async create(context, properties) {
    const name = textOf(properties, "Name") ?? context.physicalName(64);
    const arn = await putRule(context, name, properties);
    context.claim(name);
    await putTargets(context, name, properties);
    return { physicalId: name, attributes: { Arn: arn } };
  },
  async update(context, properties, current) {
    const name = current.physicalId;
    const arn = await putRule(context, name, properties);
    const kept = new Set(targetIds(properties));
    await removeTargets(
      context,
      name,
      properties,
      targetIds(current.properties).filter((id) => !kept.has(id)),
    );
    await putTargets(context, name, properties);
    return { physicalId: name, attributes: { Arn: arn } };
  },
  async delete(context, current) {
    const { cloud } = context;
    const name = current.physicalId;
    const bus = busOf(current.properties);
    const listed = await callUnless<{ Targets?: { Id: string }[] }>(
      ["ResourceNotFoundException"],
      cloud,
      "events",
      "ListTargetsByRule",
      { Rule: name, ...bus },
    );
    if (!listed) return;
    await removeTargets(
      context,
      name,
      current.properties,
      (listed.Targets ?? []).map((target) => target.Id),
    );
    await callUnless(["ResourceNotFoundException"], cloud, "events", "DeleteRule", { Name: name, ...bus });
  },
};

function busOf(properties: Properties): Record<string, unknown> {
  return properties["EventBusName"] === undefined ? {} : { EventBusName: properties["EventBusName"] };
}

function targetIds(properties: Properties): string[] {
  return listOf<{ Id: string }>(properties, "Targets").map((target) => target.Id);
}

async function putRule({ cloud }: ResourceContext, name: string, properties: Properties): Promise<string> {
  const pattern = properties["EventPattern"];
  const { RuleArn } = await callAws<{ RuleArn: string }>(cloud, "events", "PutRule", {
    Name: name,
    ...busOf(properties),
    ...(pattern === undefined ? {} : { EventPattern: typeof pattern === "string" ? pattern : JSON.stringify(pattern) }),
    ...Object.fromEntries(
      ["Description", "RoleArn", "ScheduleExpression", "State", "Tags"]
        .filter((key) => properties[key] !== undefined)
        .map((key) => [key, properties[key]]),
    ),
  });
  return RuleArn;
}

async function putTargets({ cloud }: ResourceContext, name: string, properties: Properties): Promise<void> {
  const targets = listOf<Properties>(properties, "Targets");
  if (targets.length === 0) return;
  const { FailedEntries: failed = [] } = await callAws<{
    FailedEntries?: { TargetId: string; ErrorMessage: string }[];
  }>(cloud, "events", "PutTargets", { Rule: name, ...busOf(properties), Targets: targets });
  const [first] = failed;
  if (first) throw new AwsError("ValidationException", 400, `target ${first.TargetId}: ${first.ErrorMessage}`);
}

async function removeTargets(
  { cloud }: ResourceContext,
  name: string,
  properties: Properties,
  ids: readonly string[],
): Promise<void> {
  if (ids.length > 0) await callAws(cloud, "events", "RemoveTargets", { Rule: name, ...busOf(properties), Ids: ids });
}
