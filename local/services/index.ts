import type { ServiceFactory } from "../kernel/cloud.ts";
import { createCloudformation } from "./cloudformation/index.ts";
import { createCloudwatch } from "./cloudwatch/index.ts";
import { createDynamodb } from "./dynamodb/index.ts";
import { createEvents } from "./events/index.ts";
import { createIam } from "./iam/index.ts";
import { createKms } from "./kms/index.ts";
import { createLambda } from "./lambda/index.ts";
import { createLogs } from "./logs/index.ts";
import { createS3 } from "./s3/index.ts";
import { createSagemaker, createSagemakerRuntime } from "./sagemaker/index.ts";
import { createSns } from "./sns/index.ts";
import { createSqs } from "./sqs/index.ts";
import { createStepfunctions } from "./stepfunctions/index.ts";
import { createSts } from "./sts/index.ts";

/** The factories of all services of the local cloud. */
export const services: readonly ServiceFactory[] = [
  createCloudformation,
  createCloudwatch,
  createDynamodb,
  createEvents,
  createIam,
  createKms,
  createLambda,
  createLogs,
  createS3,
  createSagemaker,
  createSagemakerRuntime,
  createSns,
  createSqs,
  createStepfunctions,
  createSts,
];
