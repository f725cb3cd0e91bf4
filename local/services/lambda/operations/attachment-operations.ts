import { randomUUID } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Operation } from "../../../kernel/cloud.ts";
import { checkDestination } from "../async/destinations.ts";
import { conflict, notFound } from "../errors.ts";
import { functionArn, parseFunctionName } from "../function-name.ts";
import { type FunctionAttachments, type FunctionStore, LATEST, type StoredInvokeConfig } from "../function-store.ts";

const UNQUALIFIED = "";

interface Statement {
  readonly Sid: string;
}

/** Permissions, tags, reserved concurrency and settings of asynchronous invocation. */
export function attachmentOperations(store: FunctionStore): Record<string, Operation> {
  const { cloud } = store;
  const attach = (name: string, more: Partial<FunctionAttachments>): void => {
    store.attachments.set(name, { ...store.attached(name), ...more });
  };
  const describe = (config: StoredInvokeConfig): object => ({
    LastModified: new Date(config.modifiedMillis),
    FunctionArn: functionArn(cloud, config.functionName, config.qualifier),
    MaximumRetryAttempts: config.maximumRetryAttempts,
    MaximumEventAgeInSeconds: config.maximumEventAgeSeconds,
    DestinationConfig: {
      OnSuccess: config.onSuccess === undefined ? {} : { Destination: config.onSuccess },
      OnFailure: config.onFailure === undefined ? {} : { Destination: config.onFailure },
    },
  });
  const target = (input: { FunctionName: string; Qualifier?: string }) => {
    const { name, qualifier } = parseFunctionName(input.FunctionName, input.Qualifier);
    store.find(name, qualifier);
    return { name, qualifier };
  };
  const findInvokeConfig = (input: { FunctionName: string; Qualifier?: string }): StoredInvokeConfig => {
    const { name, qualifier = LATEST } = target(input);
    const config = store.invokeConfigs.get(`${name}:${qualifier}`);
    if (config === undefined) {
      throw notFound(`The function ${functionArn(cloud, name, qualifier)} doesn't have an EventInvokeConfig`);
    }
    return config;
  };
  const putInvokeConfig =
    (merge: boolean): Operation =>
    (input) => {
      const { name, qualifier = LATEST } = target(input);
      const before = merge ? findInvokeConfig(input) : undefined;
      const config: StoredInvokeConfig = {
        functionName: name,
        qualifier,
        maximumRetryAttempts: input.MaximumRetryAttempts ?? before?.maximumRetryAttempts,
        maximumEventAgeSeconds: input.MaximumEventAgeInSeconds ?? before?.maximumEventAgeSeconds,
        onSuccess:
          input.DestinationConfig === undefined ? before?.onSuccess : input.DestinationConfig.OnSuccess?.Destination,
        onFailure:
          input.DestinationConfig === undefined ? before?.onFailure : input.DestinationConfig.OnFailure?.Destination,
        modifiedMillis: cloud.now(),
      };
      for (const arn of [config.onSuccess, config.onFailure]) if (arn !== undefined) checkDestination(arn);
      store.invokeConfigs.set(`${name}:${qualifier}`, config);
      return describe(config);
    };
  const tagged = (arn: string): string => {
    const { name } = parseFunctionName(arn);
    store.find(name);
    return name;
  };
  return {
    AddPermission(input) {
      const { name, qualifier = UNQUALIFIED } = target(input);
      const { policies } = store.attached(name);
      const before = policies[qualifier]?.statements ?? [];
      if (before.some((statement) => (statement as Statement).Sid === input.StatementId)) {
        throw conflict(
          `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        );
      }
      const conditions: Record<string, Record<string, string>> = {};
      if (input.SourceArn !== undefined) conditions["ArnLike"] = { "AWS:SourceArn": input.SourceArn };
      const equal: Record<string, string> = {};
      if (input.SourceAccount !== undefined) equal["AWS:SourceAccount"] = input.SourceAccount;
      if (input.PrincipalOrgID !== undefined) equal["aws:PrincipalOrgID"] = input.PrincipalOrgID;
      if (Object.keys(equal).length > 0) conditions["StringEquals"] = equal;
      const principal: string = input.Principal;
      const account = /^\d{12}$/.test(principal) ? `arn:${cloud.partition}:iam::${principal}:root` : principal;
      const statement = {
        Sid: input.StatementId,
        Effect: "Allow",
        Principal: principal === "*" ? "*" : account.startsWith("arn:") ? { AWS: account } : { Service: account },
        Action: input.Action,
        Resource: functionArn(cloud, name, qualifier || undefined),
        ...(Object.keys(conditions).length > 0 ? { Condition: conditions } : {}),
      };
      const revisionId = randomUUID();
      attach(name, { policies: { ...policies, [qualifier]: { statements: [...before, statement], revisionId } } });
      return { Statement: JSON.stringify(statement) };
    },
    RemovePermission(input) {
      const { name, qualifier = UNQUALIFIED } = target(input);
      const { policies } = store.attached(name);
      const before = policies[qualifier]?.statements ?? [];
      const statements = before.filter((statement) => (statement as Statement).Sid !== input.StatementId);
      if (statements.length === before.length) {
        throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
      }
      attach(name, { policies: { ...policies, [qualifier]: { statements, revisionId: randomUUID() } } });
      return {};
    },
    GetPolicy(input) {
      const { name, qualifier = UNQUALIFIED } = target(input);
      const policy = store.attached(name).policies[qualifier];
      if (policy === undefined || policy.statements.length === 0)
        throw notFound("The resource you requested does not exist.");
      return {
        Policy: JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: policy.statements }),
        RevisionId: policy.revisionId,
      };
    },
    TagResource(input) {
      const name = tagged(input.Resource);
      attach(name, { tags: { ...store.attached(name).tags, ...input.Tags } });
      return {};
    },
    UntagResource(input) {
      const name = tagged(input.Resource);
      const tags = Object.entries(store.attached(name).tags).filter(([key]) => !input.TagKeys.includes(key));
      attach(name, { tags: Object.fromEntries(tags) });
      return {};
    },
    ListTags: (input) => ({ Tags: store.attached(tagged(input.Resource)).tags }),
    PutFunctionConcurrency(input) {
      const { name } = target(input);
      const reserved: number = input.ReservedConcurrentExecutions;
      if (reserved > 900) {
        throw new AwsError(
          "InvalidParameterValueException",
          400,
          "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
        );
      }
      attach(name, { reservedConcurrency: reserved });
      return { ReservedConcurrentExecutions: reserved };
    },
    GetFunctionConcurrency(input) {
      return { ReservedConcurrentExecutions: store.attached(target(input).name).reservedConcurrency };
    },
    DeleteFunctionConcurrency(input) {
      attach(target(input).name, { reservedConcurrency: undefined });
      return {};
    },
    PutFunctionEventInvokeConfig: putInvokeConfig(false),
    UpdateFunctionEventInvokeConfig: putInvokeConfig(true),
    GetFunctionEventInvokeConfig: (input) => describe(findInvokeConfig(input)),
    DeleteFunctionEventInvokeConfig(input) {
      const config = findInvokeConfig(input);
      store.invokeConfigs.delete(`${config.functionName}:${config.qualifier}`);
      return {};
    },
    ListFunctionEventInvokeConfigs(input) {
      const { name } = target(input);
      const configs = [...store.invokeConfigs.values()].filter((config) => config.functionName === name);
      return { FunctionEventInvokeConfigs: configs.map(describe) };
    },
  };
}
