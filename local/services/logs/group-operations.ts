import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { paginate } from "../../kernel/paginate.ts";
import type { LogStore } from "./store.ts";
import type { LogGroupRecord } from "./types.ts";

interface GroupRef {
  logGroupName?: string;
  logGroupIdentifier?: string;
}

/** Operations on log groups, their tags and resource policies. */
export function groupOperations(store: LogStore): Record<string, Operation> {
  const { groups } = store;
  const taggedGroup = (resourceArn: string): LogGroupRecord => store.groupOf({ logGroupIdentifier: resourceArn });

  function viewOf(group: LogGroupRecord) {
    const storedBytes = store
      .streamsOf(group.name)
      .reduce((sum, stream) => sum + store.file(stream).summary().storedBytes, 0);
    return {
      logGroupName: group.name,
      creationTime: group.createdMillis,
      retentionInDays: group.retentionDays,
      metricFilterCount: 0,
      arn: `${store.groupArn(group.name)}:*`,
      storedBytes,
      kmsKeyId: group.kmsKeyId,
      logGroupClass: "STANDARD",
      logGroupArn: store.groupArn(group.name),
    };
  }

  return {
    CreateLogGroup(input: { logGroupName: string; kmsKeyId?: string; tags?: Record<string, string> }) {
      store.createGroup(input.logGroupName, {
        tags: input.tags ?? {},
        ...(input.kmsKeyId === undefined ? {} : { kmsKeyId: input.kmsKeyId }),
      });
      return {};
    },
    DeleteLogGroup(input: { logGroupName: string }) {
      const group = store.groupOf(input);
      for (const stream of store.streamsOf(group.name)) store.deleteStream(stream);
      groups.delete(group.name);
      return {};
    },
    DescribeLogGroups(input: {
      logGroupNamePrefix?: string;
      logGroupNamePattern?: string;
      limit?: number;
      nextToken?: string;
    }) {
      const matching = [...groups.values()]
        .filter(
          (group) =>
            group.name.startsWith(input.logGroupNamePrefix ?? "") &&
            group.name.toLowerCase().includes((input.logGroupNamePattern ?? "").toLowerCase()),
        )
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = paginate(matching, input.limit ?? 50, input.nextToken, invalidToken);
      return { logGroups: page.items.map(viewOf), nextToken: page.next };
    },
    PutRetentionPolicy(input: { logGroupName: string; retentionInDays: number }) {
      groups.set(input.logGroupName, { ...store.groupOf(input), retentionDays: input.retentionInDays });
      return {};
    },
    DeleteRetentionPolicy(input: { logGroupName: string }) {
      const { retentionDays: _, ...rest } = store.groupOf(input);
      groups.set(rest.name, rest);
      return {};
    },
    TagResource(input: { resourceArn: string; tags: Record<string, string> }) {
      const group = taggedGroup(input.resourceArn);
      groups.set(group.name, { ...group, tags: { ...group.tags, ...input.tags } });
      return {};
    },
    UntagResource(input: { resourceArn: string; tagKeys: string[] }) {
      const group = taggedGroup(input.resourceArn);
      const kept = Object.entries(group.tags).filter(([key]) => !input.tagKeys.includes(key));
      groups.set(group.name, { ...group, tags: Object.fromEntries(kept) });
      return {};
    },
    ListTagsForResource: (input: { resourceArn: string }) => ({ tags: taggedGroup(input.resourceArn).tags }),
    ListTagsLogGroup: (input: GroupRef) => ({ tags: store.groupOf(input).tags }),
    DescribeMetricFilters: () => ({ metricFilters: [] }),
    DescribeSubscriptionFilters: () => ({ subscriptionFilters: [] }),
    PutResourcePolicy(input: { policyName: string; policyDocument: string }) {
      const policy = store.policies.set(input.policyName, {
        document: input.policyDocument,
        updatedMillis: store.cloud.now(),
      });
      return { resourcePolicy: policyView(input.policyName, policy) };
    },
    DescribeResourcePolicies: () => ({
      resourcePolicies: [...store.policies.entries()].map(([name, policy]) => policyView(name, policy)),
    }),
    DeleteResourcePolicy(input: { policyName: string }) {
      if (!store.policies.delete(input.policyName)) {
        throw new AwsError("ResourceNotFoundException", 400, `Policy with name [${input.policyName}] does not exist.`);
      }
      return {};
    },
  };
}

/** AWS's error for a paging token that it did not hand out. */
export function invalidToken(): AwsError {
  return new AwsError("InvalidParameterException", 400, "The specified nextToken is invalid.");
}

function policyView(name: string, policy: { document: string; updatedMillis: number }) {
  return { policyName: name, policyDocument: policy.document, lastUpdatedTime: policy.updatedMillis };
}
