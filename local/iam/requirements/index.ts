import { kmsTable, lambdaTable, stepFunctionsTable, stsTable } from "./compute.ts";
import { dynamodbTable } from "./dynamodb.ts";
import { ecrTable } from "./ecr.ts";
import { eventsTable, snsTable, sqsTable } from "./messaging.ts";
import { cloudwatchTable, logsTable } from "./observability.ts";
import type { Input, Place, Requirement, ServiceTable } from "./requirement.ts";
import { s3Table } from "./s3.ts";
import { sagemakerRuntimeTable, sagemakerTable } from "./sagemaker.ts";

export type { Input, Place, Requirement } from "./requirement.ts";

/** What every known call needs, by service and operation. */
export const REQUIREMENT_TABLES: Readonly<Record<string, ServiceTable>> = {
  cloudwatch: cloudwatchTable,
  dynamodb: dynamodbTable,
  ecr: ecrTable,
  events: eventsTable,
  kms: kmsTable,
  lambda: lambdaTable,
  logs: logsTable,
  s3: s3Table,
  sagemaker: sagemakerTable,
  "sagemaker-runtime": sagemakerRuntimeTable,
  sns: snsTable,
  sqs: sqsTable,
  stepfunctions: stepFunctionsTable,
  sts: stsTable,
};

/**
 * The permissions that AWS requires for a call.
 *
 * @returns undefined when nothing is known about the operation; an empty list when it needs no permission
 */
export function requirementsOf(
  service: string,
  operation: string,
  input: object,
  place: Place,
): readonly Requirement[] | undefined {
  const table = Object.hasOwn(REQUIREMENT_TABLES, service) ? REQUIREMENT_TABLES[service] : undefined;
  const derive = table !== undefined && Object.hasOwn(table, operation) ? table[operation] : undefined;
  return derive?.(input as Input, place);
}
