import type {
  CreateTrainingJobRequest,
  DescribeTrainingJobRequest,
  ListTrainingJobsRequest,
  StopTrainingJobRequest,
} from "@aws-sdk/client-sagemaker";
import type { Operation } from "../../kernel/cloud.ts";
import { arnOf, type SagemakerContext } from "./context.ts";
import { inUse, invalid } from "./errors.ts";
import { publishTrainingJob } from "./events.ts";
import { createJobRuns, type JobRuns } from "./job-runs.ts";
import { type ListInput, listRecords } from "./listing.ts";
import type { TrainingJobRecord } from "./records.ts";
import { setTags } from "./tags.ts";
import { startTrainingRun } from "./training-run.ts";
import { advanceTrainingJob } from "./training-state.ts";
import { validateTrainingRequest } from "./training-validation.ts";

/** The training part of the service. */
export interface TrainingJobs extends Pick<JobRuns<TrainingJobRecord>, "recover" | "settle"> {
  readonly operations: Record<string, Operation>;
}

/** Makes the operations on training jobs. */
export function createTrainingJobs(context: SagemakerContext): TrainingJobs {
  const { cloud, trainingJobs } = context;
  const runs = createJobRuns<TrainingJobRecord>(trainingJobs, (name, failureReason) => {
    advanceTrainingJob(context, name, "Failed", "Failed", { failureReason });
  });
  const { find } = runs;

  const operations: Record<string, Operation> = {
    CreateTrainingJob(input: CreateTrainingJobRequest) {
      const name = input.TrainingJobName ?? "";
      const arn = arnOf(cloud, "training-job", name);
      if (trainingJobs.has(name)) {
        throw inUse(
          `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
        );
      }
      validateTrainingRequest(cloud, input);
      setTags(context, arn, input.Tags);
      const now = cloud.now();
      const record = trainingJobs.set(name, {
        name,
        arn,
        createdMillis: now,
        modifiedMillis: now,
        request: input,
        status: "InProgress",
        secondaryStatus: "Starting",
        transitions: [{ status: "Starting", startMillis: now, message: "Launching requested ML instances" }],
        metrics: [],
      });
      publishTrainingJob(context, record);
      runs.add(name, startTrainingRun(context, record));
      return { TrainingJobArn: arn };
    },
    DescribeTrainingJob: (input: DescribeTrainingJobRequest) => describe(find(input.TrainingJobName)),
    ListTrainingJobs(input: ListTrainingJobsRequest) {
      const page = listRecords(trainingJobs.values(), input as ListInput);
      return { TrainingJobSummaries: page.items.map(summarize), NextToken: page.next };
    },
    StopTrainingJob(input: StopTrainingJobRequest) {
      const job = find(input.TrainingJobName);
      if (job.status === "Stopping") return {};
      if (job.status !== "InProgress") {
        throw invalid(`The request was rejected because the training job is in status ${job.status}.`);
      }
      advanceTrainingJob(context, job.name, "Stopping", "Stopping");
      runs.stop(job.name);
      return {};
    },
    DeleteTrainingJob(input: StopTrainingJobRequest) {
      const job = find(input.TrainingJobName);
      if (job.status === "InProgress" || job.status === "Stopping") {
        throw invalid(`The request was rejected because the training job is in status ${job.status}.`);
      }
      trainingJobs.delete(job.name);
      context.tags.delete(job.arn);
      return {};
    },
  };

  return { operations, recover: runs.recover, settle: runs.settle };
}

function expectedArtifactUri({ name, request }: TrainingJobRecord): string {
  return `${request.OutputDataConfig?.S3OutputPath?.replace(/\/+$/, "")}/${name}/output/model.tar.gz`;
}

const date = (millis: number | undefined): Date | undefined => (millis === undefined ? undefined : new Date(millis));

function describe(job: TrainingJobRecord): object {
  const { Tags: _tags, ...request } = job.request;
  const seconds =
    job.startMillis === undefined || job.endMillis === undefined
      ? undefined
      : Math.max(1, Math.ceil((job.endMillis - job.startMillis) / 1_000));
  return {
    ...request,
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    // AWS always tells where the artifact is or will be: the member is required in its model.
    ModelArtifacts: { S3ModelArtifacts: job.modelArtifactsUri ?? expectedArtifactUri(job) },
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
    FailureReason: job.failureReason,
    EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
    EnableInterContainerTrafficEncryption: request.EnableInterContainerTrafficEncryption ?? false,
    EnableManagedSpotTraining: request.EnableManagedSpotTraining ?? false,
    CreationTime: new Date(job.createdMillis),
    TrainingStartTime: date(job.startMillis),
    TrainingEndTime: date(job.endMillis),
    LastModifiedTime: new Date(job.modifiedMillis),
    SecondaryStatusTransitions: job.transitions.map((transition) => ({
      Status: transition.status,
      StartTime: new Date(transition.startMillis),
      EndTime: date(transition.endMillis),
      StatusMessage: transition.message,
    })),
    FinalMetricDataList: job.metrics.map((metric) => ({
      MetricName: metric.name,
      Value: metric.value,
      Timestamp: new Date(metric.atMillis),
    })),
    TrainingTimeInSeconds: seconds,
    BillableTimeInSeconds: seconds,
  };
}

function summarize(job: TrainingJobRecord): object {
  return {
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    CreationTime: new Date(job.createdMillis),
    TrainingEndTime: date(job.endMillis),
    LastModifiedTime: new Date(job.modifiedMillis),
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
  };
}
