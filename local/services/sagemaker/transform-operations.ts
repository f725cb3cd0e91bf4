import type {
  CreateTransformJobRequest,
  DescribeTransformJobRequest,
  ListTransformJobsRequest,
  StopTransformJobRequest,
} from "@aws-sdk/client-sagemaker";
import type { Operation } from "../../kernel/cloud.ts";
import { arnOf, type SagemakerContext } from "./context.ts";
import { inUse, invalid, unsupported } from "./errors.ts";
import { publishTransformJob } from "./events.ts";
import { createJobRuns, type JobRuns } from "./job-runs.ts";
import { type ListInput, listRecords } from "./listing.ts";
import { findModel } from "./model-operations.ts";
import type { TransformJobRecord } from "./records.ts";
import { parseS3Uri } from "./s3-uri.ts";
import { setTags } from "./tags.ts";
import { readSettings, startTransformRun, updateTransformJob } from "./transform-run.ts";

/** The transform part of the service. */
export interface TransformJobs extends Pick<JobRuns<TransformJobRecord>, "recover" | "settle"> {
  readonly operations: Record<string, Operation>;
}

/** MaxConcurrentTransforms times MaxPayloadInMB: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html */
const MAX_MB_IN_FLIGHT = 100;

/** Makes the operations on transform jobs. */
export function createTransformJobs(context: SagemakerContext): TransformJobs {
  const { cloud, transformJobs } = context;
  const runs = createJobRuns<TransformJobRecord>(transformJobs, (name, failureReason) => {
    updateTransformJob(context, name, { status: "Failed", endMillis: cloud.now(), failureReason });
  });
  const { find } = runs;

  const operations: Record<string, Operation> = {
    CreateTransformJob(input: CreateTransformJobRequest) {
      const name = input.TransformJobName ?? "";
      const arn = arnOf(cloud, "transform-job", name);
      if (transformJobs.has(name)) {
        throw inUse(
          `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
        );
      }
      validateTransformRequest(input);
      findModel(context, input.ModelName);
      setTags(context, arn, input.Tags);
      const now = cloud.now();
      const record = transformJobs.set(name, {
        name,
        arn,
        createdMillis: now,
        modifiedMillis: now,
        request: input,
        status: "InProgress",
      });
      publishTransformJob(context, record);
      runs.add(name, startTransformRun(context, record));
      return { TransformJobArn: arn };
    },
    DescribeTransformJob: (input: DescribeTransformJobRequest) => describe(find(input.TransformJobName)),
    ListTransformJobs(input: ListTransformJobsRequest) {
      const page = listRecords(transformJobs.values(), input as ListInput);
      return {
        TransformJobSummaries: page.items.map((job) => ({
          TransformJobName: job.name,
          TransformJobArn: job.arn,
          CreationTime: new Date(job.createdMillis),
          TransformEndTime: job.endMillis === undefined ? undefined : new Date(job.endMillis),
          LastModifiedTime: new Date(job.modifiedMillis),
          TransformJobStatus: job.status,
          FailureReason: job.failureReason,
        })),
        NextToken: page.next,
      };
    },
    StopTransformJob(input: StopTransformJobRequest) {
      const job = find(input.TransformJobName);
      if (job.status !== "InProgress") {
        throw invalid(`The request was rejected because the transform job is in status ${job.status}.`);
      }
      updateTransformJob(context, job.name, { status: "Stopping" });
      runs.stop(job.name);
      return {};
    },
  };

  return { operations, recover: runs.recover, settle: runs.settle };
}

function validateTransformRequest(input: CreateTransformJobRequest): void {
  const { TransformInput: source, TransformOutput: output } = input;
  if (input.DataCaptureConfig) throw unsupported("DataCaptureConfig of transform jobs");
  const data = source?.DataSource?.S3DataSource;
  if (!parseS3Uri(data?.S3Uri ?? "")) throw invalid(`S3Uri ${data?.S3Uri} is not an S3 URI.`);
  if (!parseS3Uri(output?.S3OutputPath ?? "")) throw invalid(`S3OutputPath ${output?.S3OutputPath} is not an S3 URI.`);
  if (!["None", "Line", undefined].includes(source?.SplitType)) throw unsupported(`SplitType ${source?.SplitType}`);
  if ((input.TransformResources?.InstanceCount ?? 1) < 1) throw invalid("InstanceCount must be at least 1.");
  const payload = input.MaxPayloadInMB ?? 6;
  if (payload * Math.max(1, input.MaxConcurrentTransforms ?? 1) > MAX_MB_IN_FLIGHT) {
    throw invalid(`MaxConcurrentTransforms times MaxPayloadInMB must not exceed ${MAX_MB_IN_FLIGHT}.`);
  }
  if (input.BatchStrategy === "MultiRecord" && source?.SplitType !== "Line") {
    throw invalid("BatchStrategy MultiRecord requires a SplitType of Line.");
  }
  readSettings(input, new AbortController().signal);
}

function describe(job: TransformJobRecord): object {
  const { Tags: _tags, ...request } = job.request;
  return {
    ...request,
    TransformJobName: job.name,
    TransformJobArn: job.arn,
    TransformJobStatus: job.status,
    FailureReason: job.failureReason,
    CreationTime: new Date(job.createdMillis),
    TransformStartTime: job.startMillis === undefined ? undefined : new Date(job.startMillis),
    TransformEndTime: job.endMillis === undefined ? undefined : new Date(job.endMillis),
  };
}
