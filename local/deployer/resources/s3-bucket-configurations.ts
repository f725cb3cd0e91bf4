import { DeployError } from "../deploy-error.ts";
import { listOf, objectOf, type Properties } from "../resource-provider.ts";

/** CloudFormation's lifecycle rules in the shape of PutBucketLifecycleConfiguration. */
export function lifecycleRules(configuration: Properties): Record<string, unknown>[] {
  return listOf<Properties>(configuration, "Rules").map((rule, index) => ({
    ID: rule["Id"] ?? `rule-${index + 1}`,
    Status: rule["Status"],
    Filter: lifecycleFilter(rule),
    ...withoutUndefined({
      Expiration: expirationOf(rule),
      NoncurrentVersionExpiration: noncurrentExpiration(rule),
      AbortIncompleteMultipartUpload: rule["AbortIncompleteMultipartUpload"],
      Transitions: transitions(rule, "Transitions", "Transition", "TransitionInDays", "Days"),
      NoncurrentVersionTransitions: transitions(
        rule,
        "NoncurrentVersionTransitions",
        "NoncurrentVersionTransition",
        "TransitionInDays",
        "NoncurrentDays",
      ),
    }),
  }));
}

function lifecycleFilter(rule: Properties): Record<string, unknown> {
  const parts = withoutUndefined({
    Prefix: rule["Prefix"],
    ObjectSizeGreaterThan: rule["ObjectSizeGreaterThan"],
    ObjectSizeLessThan: rule["ObjectSizeLessThan"],
  });
  const tags = listOf<Properties>(rule, "TagFilters");
  if (Object.keys(parts).length + tags.length === 0) return { Prefix: "" };
  if (Object.keys(parts).length + tags.length === 1) return tags[0] ? { Tag: tags[0] } : parts;
  return { And: { ...parts, ...(tags.length > 0 ? { Tags: tags } : {}) } };
}

function expirationOf(rule: Properties): Record<string, unknown> | undefined {
  const expiration = withoutUndefined({
    Days: rule["ExpirationInDays"],
    Date: rule["ExpirationDate"],
    ExpiredObjectDeleteMarker: rule["ExpiredObjectDeleteMarker"],
  });
  return Object.keys(expiration).length > 0 ? expiration : undefined;
}

function noncurrentExpiration(rule: Properties): Record<string, unknown> | undefined {
  const old = rule["NoncurrentVersionExpirationInDays"];
  return objectOf(rule, "NoncurrentVersionExpiration") ?? (old === undefined ? undefined : { NoncurrentDays: old });
}

function transitions(
  rule: Properties,
  list: string,
  single: string,
  from: string,
  to: string,
): Record<string, unknown>[] | undefined {
  const one = objectOf(rule, single);
  const all = [...listOf<Properties>(rule, list), ...(one ? [one] : [])];
  if (all.length === 0) return undefined;
  return all.map((transition) =>
    withoutUndefined({
      StorageClass: transition["StorageClass"],
      [to]: transition[from],
      Date: transition["TransitionDate"],
      NewerNoncurrentVersions: transition["NewerNoncurrentVersions"],
    }),
  );
}

/** CloudFormation's notifications in the shape of PutBucketNotificationConfiguration. */
export function notificationConfiguration(configuration: Properties): Record<string, unknown> {
  const direct = ["QueueConfigurations", "TopicConfigurations", "LambdaConfigurations"] as const;
  for (const name of direct) {
    if (listOf(configuration, name).length > 0) {
      throw new DeployError(`${name} of a bucket is not supported; use EventBridgeConfiguration with a rule`);
    }
  }
  const eventBridge = objectOf(configuration, "EventBridgeConfiguration");
  const enabled = eventBridge && String(eventBridge["EventBridgeEnabled"] ?? true) === "true";
  return enabled ? { EventBridgeConfiguration: {} } : {};
}

function withoutUndefined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
