import { AwsError } from "../../../local/kernel/aws-error.ts";
import type { LocalService } from "../../../local/kernel/cloud.ts";

interface Job {
  request: Record<string, unknown>;
  status: string;
  failureReason?: string;
}

/** A SageMaker whose training jobs end when the test says so. */
export interface FakeSagemaker extends LocalService {
  readonly jobs: Map<string, Job>;
  readonly principals: string[];
  finish(name: string, status?: string, failureReason?: string): void;
}

/** Makes one; `jobs` continues another one's, as after a restart. */
export function fakeSagemaker(jobs = new Map<string, Job>()): FakeSagemaker {
  const principals: string[] = [];
  const find = (name: string): Job => {
    const job = jobs.get(name);
    if (job === undefined) throw new AwsError("ValidationException", 400, `Requested resource not found: ${name}`);
    return job;
  };
  const arnOf = (name: string) => `arn:aws:sagemaker:us-east-1:000000000000:training-job/${name}`;
  return {
    id: "sagemaker",
    jobs,
    principals,
    finish(name, status = "Completed", failureReason) {
      Object.assign(find(name), { status, ...(failureReason !== undefined && { failureReason }) });
    },
    operations: {
      CreateTrainingJob(input: { TrainingJobName: string }, context) {
        principals.push(context.principal.arn);
        if (jobs.has(input.TrainingJobName)) {
          throw new AwsError(
            "ResourceInUse",
            400,
            "Training job names must be unique within an AWS account and region",
          );
        }
        jobs.set(input.TrainingJobName, { request: { ...input }, status: "InProgress" });
        return { TrainingJobArn: arnOf(input.TrainingJobName) };
      },
      DescribeTrainingJob(input: { TrainingJobName: string }) {
        const job = find(input.TrainingJobName);
        return {
          TrainingJobName: input.TrainingJobName,
          TrainingJobArn: arnOf(input.TrainingJobName),
          TrainingJobStatus: job.status,
          SecondaryStatus: job.status === "InProgress" ? "Training" : job.status,
          ModelArtifacts: { S3ModelArtifacts: `s3://bucket/${input.TrainingJobName}/model.tar.gz` },
          AlgorithmSpecification: { TrainingInputMode: "File" },
          ResourceConfig: { VolumeSizeInGB: 1 },
          StoppingCondition: {},
          CreationTime: new Date(1_600_000_000_000),
          ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
        };
      },
      StopTrainingJob(input: { TrainingJobName: string }) {
        find(input.TrainingJobName).status = "Stopped";
        return {};
      },
    },
  };
}

/** A Task state that trains, in JSONata. */
export function trainingState(rest: object): object {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::sagemaker:createTrainingJob.sync",
    Arguments: {
      TrainingJobName: "{% $states.input.name %}",
      AlgorithmSpecification: { TrainingInputMode: "File", TrainingImage: "image" },
      RoleArn: "arn:aws:iam::000000000000:role/training",
      OutputDataConfig: { S3OutputPath: "s3://bucket/out" },
      ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    },
    ...rest,
  };
}
