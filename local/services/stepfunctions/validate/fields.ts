import type { QueryLanguage, StateType } from "../asl/definition.ts";

/** Fields that every state may have. */
const COMMON = ["Type", "Comment", "QueryLanguage"];
const TRANSITION = ["Next", "End"];
const RETRY_CATCH = ["Retry", "Catch"];

/**
 * The fields that a state of a type may have in each query language.
 * Source: https://states-language.net/spec.html ("Table of State Types and Fields") and the pages of the state types in
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html
 */
const FIELDS: Readonly<Record<StateType, { both: string[]; JSONPath: string[]; JSONata: string[] }>> = {
  Pass: {
    both: [...TRANSITION, "Assign"],
    JSONPath: ["InputPath", "OutputPath", "ResultPath", "Parameters", "Result"],
    JSONata: ["Output"],
  },
  Task: {
    both: [...TRANSITION, ...RETRY_CATCH, "Assign", "Resource", "Credentials", "TimeoutSeconds", "HeartbeatSeconds"],
    JSONPath: [
      "InputPath",
      "OutputPath",
      "ResultPath",
      "Parameters",
      "ResultSelector",
      "TimeoutSecondsPath",
      "HeartbeatSecondsPath",
    ],
    JSONata: ["Arguments", "Output"],
  },
  Choice: { both: ["Choices", "Default", "Assign"], JSONPath: ["InputPath", "OutputPath"], JSONata: ["Output"] },
  Wait: {
    both: [...TRANSITION, "Assign", "Seconds", "Timestamp"],
    JSONPath: ["InputPath", "OutputPath", "SecondsPath", "TimestampPath"],
    JSONata: ["Output"],
  },
  Succeed: { both: [], JSONPath: ["InputPath", "OutputPath"], JSONata: ["Output"] },
  Fail: { both: ["Error", "Cause"], JSONPath: ["ErrorPath", "CausePath"], JSONata: [] },
  Parallel: {
    both: [...TRANSITION, ...RETRY_CATCH, "Assign", "Branches"],
    JSONPath: ["InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector"],
    JSONata: ["Arguments", "Output"],
  },
  Map: {
    both: [
      ...TRANSITION,
      ...RETRY_CATCH,
      "Assign",
      "ItemProcessor",
      "Iterator",
      "ItemSelector",
      "ItemReader",
      "ItemBatcher",
      "ResultWriter",
      "Label",
      "MaxConcurrency",
      "ToleratedFailureCount",
      "ToleratedFailurePercentage",
    ],
    JSONPath: [
      "InputPath",
      "OutputPath",
      "ResultPath",
      "Parameters",
      "ResultSelector",
      "ItemsPath",
      "MaxConcurrencyPath",
      "ToleratedFailureCountPath",
      "ToleratedFailurePercentagePath",
    ],
    JSONata: ["Items", "Output"],
  },
};

/** Fields of a Map that exist in distributed mode only. */
export const DISTRIBUTED_ONLY = [
  "ItemReader",
  "ItemBatcher",
  "ResultWriter",
  "Label",
  "ToleratedFailureCount",
  "ToleratedFailureCountPath",
  "ToleratedFailurePercentage",
  "ToleratedFailurePercentagePath",
];

/** All state types. */
export const STATE_TYPES = Object.keys(FIELDS) as StateType[];

/** The fields that a state of this type and query language may have. */
export function allowedFields(type: StateType, language: QueryLanguage): Set<string> {
  const fields = FIELDS[type];
  return new Set([...COMMON, ...fields.both, ...fields[language]]);
}

/** The fields that such a state must have; Next or End is checked elsewhere. */
export const REQUIRED_FIELDS: Readonly<Record<StateType, readonly string[]>> = {
  Pass: [],
  Task: ["Resource"],
  Choice: ["Choices"],
  Wait: [],
  Succeed: [],
  Fail: [],
  Parallel: ["Branches"],
  Map: [],
};
