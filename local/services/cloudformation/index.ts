import { createHash } from "node:crypto";
import type { ResourceRecord, StackEventRecord, StackRecord } from "../../deployer/stack-record.ts";
import { StackStore } from "../../deployer/stack-store.ts";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Cloud, LocalService } from "../../kernel/cloud.ts";
import { paginate } from "../../kernel/paginate.ts";

interface Paging {
  NextToken?: string;
}

/** CloudFormation for reading: what the deployer has deployed. Stacks are made and deleted by the deployer only. */
export function createCloudformation(cloud: Cloud): LocalService {
  const store = new StackStore(cloud);

  function stackOf(nameOrId: string | undefined): StackRecord {
    const stack = nameOrId === undefined ? undefined : store.find(nameOrId);
    if (!stack) throw validation(`Stack with id ${nameOrId ?? ""} does not exist`);
    return stack;
  }

  function resourceOf(stack: StackRecord, logicalId: string): ResourceRecord {
    const resource = store.resource(stack.stackId, logicalId);
    if (!resource) throw validation(`Resource ${logicalId} does not exist for stack ${stack.stackName}`);
    return resource;
  }

  return {
    id: "cloudformation",
    operations: {
      DescribeStacks(input: { StackName?: string } & Paging) {
        const all = [...store.stacks.values()].filter((stack) => stack.status !== "DELETE_COMPLETE");
        const chosen = input.StackName === undefined ? all.reverse() : [stackOf(input.StackName)];
        const page = paginate(chosen, 100, input.NextToken, invalidToken);
        return { Stacks: page.items.map(stackView), NextToken: page.next };
      },
      ListStacks(input: { StackStatusFilter?: string[] } & Paging) {
        const chosen = [...store.stacks.values()]
          .reverse()
          .filter((stack) => input.StackStatusFilter?.includes(stack.status) ?? true);
        const page = paginate(chosen, 100, input.NextToken, invalidToken);
        return { StackSummaries: page.items.map(summaryView), NextToken: page.next };
      },
      DescribeStackResource(input: { StackName: string; LogicalResourceId: string }) {
        const stack = stackOf(input.StackName);
        const resource = resourceOf(stack, input.LogicalResourceId);
        return { StackResourceDetail: { ...names(stack), ...resourceView(resource, "LastUpdatedTimestamp") } };
      },
      DescribeStackResources(input: { StackName?: string; LogicalResourceId?: string; PhysicalResourceId?: string }) {
        const stack = input.StackName === undefined ? owner(input.PhysicalResourceId) : stackOf(input.StackName);
        const chosen = store
          .resources(stack.stackId)
          .filter(
            (resource) => input.LogicalResourceId === undefined || resource.logicalId === input.LogicalResourceId,
          );
        return {
          StackResources: chosen.map((resource) => ({ ...names(stack), ...resourceView(resource, "Timestamp") })),
        };
      },
      ListStackResources(input: { StackName: string } & Paging) {
        const page = paginate(store.resources(stackOf(input.StackName).stackId), 100, input.NextToken, invalidToken);
        const summaries = page.items.map((resource) => resourceView(resource, "LastUpdatedTimestamp"));
        return { StackResourceSummaries: summaries, NextToken: page.next };
      },
      DescribeStackEvents(input: { StackName?: string } & Paging) {
        const events = store.events(stackOf(input.StackName).stackId);
        const page = paginate(events, 100, input.NextToken, invalidToken);
        return { StackEvents: page.items.map(eventView), NextToken: page.next };
      },
      GetTemplate: (input: { StackName?: string }) => ({
        TemplateBody: stackOf(input.StackName).templateText,
        StagesAvailable: ["Original", "Processed"],
      }),
      GetTemplateSummary(input: { StackName?: string }) {
        const stack = stackOf(input.StackName);
        const types = store.resources(stack.stackId).map((resource) => resource.type);
        return { ResourceTypes: [...new Set(types)].sort() };
      },
      ListExports: () => ({
        Exports: [...store.stacks.values()].flatMap((stack) =>
          stack.outputs.flatMap((output) =>
            output.exportName === undefined
              ? []
              : [{ ExportingStackId: stack.stackId, Name: output.exportName, Value: output.value }],
          ),
        ),
      }),
    },
  };

  function owner(physicalId: string | undefined): StackRecord {
    const found = [...store.stacks.values()].find((stack) =>
      store.resources(stack.stackId).some((resource) => resource.physicalId === physicalId),
    );
    if (!found) throw validation(`Stack for ${physicalId ?? ""} does not exist`);
    return found;
  }
}

function validation(message: string): AwsError {
  return new AwsError("ValidationError", 400, message);
}

function invalidToken(): AwsError {
  return validation("NextToken is invalid");
}

function names(stack: StackRecord) {
  return { StackName: stack.stackName, StackId: stack.stackId };
}

function stackView(stack: StackRecord) {
  return {
    ...names(stack),
    Description: (JSON.parse(stack.templateText) as { Description?: string }).Description,
    Parameters: Object.entries(stack.parameters).map(([key, value]) => ({ ParameterKey: key, ParameterValue: value })),
    CreationTime: new Date(stack.createdMillis),
    LastUpdatedTime: date(stack.updatedMillis),
    DeletionTime: date(stack.deletedMillis),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: false,
    NotificationARNs: [],
    Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    Outputs: stack.outputs.map((output) => ({
      OutputKey: output.key,
      OutputValue: output.value,
      Description: output.description,
      ExportName: output.exportName,
    })),
    Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
    EnableTerminationProtection: false,
    DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
  };
}

function summaryView(stack: StackRecord) {
  return {
    ...names(stack),
    CreationTime: new Date(stack.createdMillis),
    LastUpdatedTime: date(stack.updatedMillis),
    DeletionTime: date(stack.deletedMillis),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
  };
}

function resourceView(resource: ResourceRecord, timeMember: "Timestamp" | "LastUpdatedTimestamp") {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    [timeMember]: new Date(resource.updatedMillis),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.statusReason,
    DriftInformation: { StackResourceDriftStatus: "NOT_CHECKED" },
  };
}

function eventView(event: StackEventRecord) {
  return {
    StackId: event.stackId,
    EventId: `${event.logicalId}-${createHash("sha256").update(event.eventId).digest("hex").slice(0, 32)}`,
    StackName: event.stackName,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.timeMillis),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
  };
}

function date(millis: number | undefined): Date | undefined {
  return millis === undefined ? undefined : new Date(millis);
}
