import type { Operation } from "../../kernel/cloud.ts";
import { checkTargetArn } from "./delivery.ts";
import { invalid } from "./errors.ts";
import type { EventStore } from "./event-store.ts";
import { InvalidJsonPathError, parseJsonPath } from "./json-path.ts";
import { pageOf } from "./page.ts";
import type { RuleTarget } from "./types.ts";

const MAX_TARGETS_PER_RULE = 5;
const UNSUPPORTED_PARAMETERS = [
  "KinesisParameters",
  "RunCommandParameters",
  "EcsParameters",
  "BatchParameters",
  "HttpParameters",
  "RedshiftDataParameters",
  "SageMakerPipelineParameters",
  "AppSyncParameters",
];

/** The operations on the targets of rules. */
export function targetOperations(store: EventStore): Record<string, Operation> {
  return {
    PutTargets(input) {
      const rule = store.rule(store.bus(input.EventBusName).name, input.Rule);
      const given: RuleTarget[] = input.Targets;
      for (const target of given) check(target);
      const targets = [...rule.targets.filter((old) => !given.some((target) => target.Id === old.Id)), ...given];
      if (targets.length > MAX_TARGETS_PER_RULE) {
        const FailedEntries = given.map((target) => ({
          TargetId: target.Id,
          ErrorCode: "LimitExceededException",
          ErrorMessage: "The requested resource exceeds the maximum number allowed.",
        }));
        return { FailedEntryCount: FailedEntries.length, FailedEntries };
      }
      store.putRule({ ...rule, targets });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    RemoveTargets(input) {
      const rule = store.rule(store.bus(input.EventBusName).name, input.Rule);
      const ids: string[] = input.Ids;
      const FailedEntries = ids
        .filter((id) => !rule.targets.some((target) => target.Id === id))
        .map((id) => ({
          TargetId: id,
          ErrorCode: "ResourceNotFoundException",
          ErrorMessage: `Rule does not have target with the Id ${id}.`,
        }));
      store.putRule({ ...rule, targets: rule.targets.filter((target) => !ids.includes(target.Id)) });
      return { FailedEntryCount: FailedEntries.length, FailedEntries };
    },
    ListTargetsByRule(input) {
      const rule = store.rule(store.bus(input.EventBusName).name, input.Rule);
      const { page, members } = pageOf(rule.targets, input);
      return { Targets: page, ...members };
    },
  };
}

function check(target: RuleTarget): void {
  checkTargetArn(target.Arn);
  const unsupported = UNSUPPORTED_PARAMETERS.find((name) => name in target);
  if (unsupported !== undefined) throw invalid(`The local cloud does not support ${unsupported} of a target.`);
  const inputs = [target.Input, target.InputPath, target.InputTransformer].filter((value) => value !== undefined);
  if (inputs.length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`);
  }
  if (target.Arn.endsWith(".fifo") && target.SqsParameters?.MessageGroupId === undefined) {
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`);
  }
  if (target.Input !== undefined) {
    try {
      JSON.parse(target.Input);
    } catch {
      throw invalid(`JSON syntax error in input for target ${target.Id}.`);
    }
  }
  const paths = [target.InputPath ?? "$", ...Object.values(target.InputTransformer?.InputPathsMap ?? {})];
  try {
    for (const path of paths) parseJsonPath(path);
  } catch (error) {
    if (!(error instanceof InvalidJsonPathError)) throw error;
    throw invalid(`Invalid InputPath for target ${target.Id}. ${error.message}`);
  }
}
