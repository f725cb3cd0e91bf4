import { fullDiff, ResourceImpact } from "@aws-cdk/cloudformation-diff";
import type { Template } from "../../../local/deployer/template.ts";

/** Types whose replacement or deletion loses what people have put into them, or what others hold the address of. */
export const STATEFUL_TYPES: ReadonlySet<string> = new Set([
  "AWS::DynamoDB::GlobalTable",
  "AWS::DynamoDB::Table",
  "AWS::KMS::Key",
  "AWS::Logs::LogGroup",
  "AWS::S3::Bucket",
  "AWS::SNS::Topic",
  "AWS::SQS::Queue",
]);

const LOSING: ReadonlySet<ResourceImpact> = new Set([
  ResourceImpact.WILL_REPLACE,
  ResourceImpact.MAY_REPLACE,
  ResourceImpact.WILL_DESTROY,
  ResourceImpact.WILL_ORPHAN,
]);

/**
 * What an update from one template to the other would do to stateful resources, one line each, by CloudFormation's documented
 * update behaviour of every property (the resource specification in @aws-cdk/aws-service-spec). Empty when nothing is lost.
 */
export function statefulChanges(released: Template, current: Template): string[] {
  const changes: string[] = [];
  fullDiff({ ...released }, { ...current }).resources.forEachDifference((logicalId, difference) => {
    const type = difference.oldResourceType;
    if (type === undefined || !STATEFUL_TYPES.has(type) || !LOSING.has(difference.changeImpact)) return;
    const properties = Object.keys(difference.propertyUpdates);
    const because = properties.length === 0 ? "" : ` (${properties.join(", ")})`;
    changes.push(`${type} '${logicalId}' ${difference.changeImpact}${because}`);
  });
  return changes.sort();
}
