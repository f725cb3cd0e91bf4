import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import {
  CreateModelCommand,
  type CreateModelCommandInput,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  SageMakerClient,
  StopTrainingJobCommand,
  StopTransformJobCommand,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import type { EndpointState, TrainingJobState, TrainingService } from "../app/ports/training-service.ts";
import type { AlarmRequest, CreateModelRequest } from "../core/plans/requests.ts";
import { callAws, describeFailure, isNotFound, mapAwsError } from "./call-aws.ts";
import { clientSettings } from "./client-settings.ts";

/** SageMaker's log group of all training jobs; streams start with the job's name: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html. */
const TRAINING_LOG_GROUP = "/aws/sagemaker/TrainingJobs";
/** How recipes begin the line that says what the owner of the model has to change (docs/contract.md). */
const SCRIPT_ERROR = "[mlops] error ";

/** Jobs, models and endpoints of SageMaker, and their CloudWatch alarms. */
export class SagemakerTrainingService implements TrainingService {
  private readonly sagemaker: SageMakerClient;
  private readonly cloudwatch: CloudWatchClient;

  constructor(
    sagemaker: SageMakerClient = new SageMakerClient(clientSettings()),
    cloudwatch: CloudWatchClient = new CloudWatchClient(clientSettings()),
  ) {
    this.sagemaker = sagemaker;
    this.cloudwatch = cloudwatch;
  }

  async describeTrainingJob(name: string): Promise<TrainingJobState | null> {
    const job = await ifExists(`look at training job ${name}`, () =>
      this.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
    );
    if (job === null) return null;
    const metrics = (job.FinalMetricDataList ?? []).map(({ MetricName, Value }) => [MetricName ?? "", Value ?? 0]);
    return {
      status: (job.TrainingJobStatus ?? "InProgress") as TrainingJobState["status"],
      billableSeconds: job.BillableTimeInSeconds ?? job.TrainingTimeInSeconds ?? 0,
      failureReason: job.FailureReason ?? null,
      modelDataUrl: job.ModelArtifacts?.S3ModelArtifacts ?? null,
      finalMetrics: Object.fromEntries(metrics),
    };
  }

  async scriptError(trainingJobName: string): Promise<string | null> {
    // Only a failed run needs it, so no other start pays for loading it.
    const { CloudWatchLogsClient, paginateFilterLogEvents } = await import("@aws-sdk/client-cloudwatch-logs");
    const client = new CloudWatchLogsClient(clientSettings());
    const messages = await ifExists(`read the log of training job ${trainingJobName}`, async () => {
      const pages = paginateFilterLogEvents(
        { client },
        {
          logGroupName: TRAINING_LOG_GROUP,
          logStreamNamePrefix: `${trainingJobName}/`,
          filterPattern: `"${SCRIPT_ERROR}"`,
        },
      );
      const found: string[] = [];
      for await (const page of pages) found.push(...(page.events ?? []).map((event) => event.message ?? ""));
      return found;
    });
    client.destroy();
    const last = messages?.at(-1);
    return last === undefined ? null : last.slice(last.indexOf(SCRIPT_ERROR) + SCRIPT_ERROR.length).trim();
  }

  async stopTrainingJob(name: string): Promise<void> {
    const job = await this.describeTrainingJob(name);
    if (job?.status !== "InProgress") return;
    await stopping(`stop training job ${name}`, () =>
      this.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name })),
    );
  }

  async stopTransformJob(name: string): Promise<void> {
    const job = await ifExists(`look at transform job ${name}`, () =>
      this.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name })),
    );
    if (job?.TransformJobStatus !== "InProgress") return;
    await stopping(`stop transform job ${name}`, () =>
      this.sagemaker.send(new StopTransformJobCommand({ TransformJobName: name })),
    );
  }

  async modelExists(name: string): Promise<boolean> {
    const model = await ifExists(`look at model ${name}`, () =>
      this.sagemaker.send(new DescribeModelCommand({ ModelName: name })),
    );
    return model !== null;
  }

  async createModel(request: CreateModelRequest): Promise<void> {
    try {
      await this.sagemaker.send(new CreateModelCommand(request as CreateModelCommandInput));
    } catch (error) {
      if (/already exist/i.test(describeFailure(error).message)) return;
      throw mapAwsError(`create model ${request.ModelName}`, error);
    }
  }

  async deleteModel(name: string): Promise<void> {
    await ifExists(`delete model ${name}`, () => this.sagemaker.send(new DeleteModelCommand({ ModelName: name })));
  }

  async describeEndpoint(name: string): Promise<EndpointState | null> {
    const endpoint = await ifExists(`look at endpoint ${name}`, () =>
      this.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })),
    );
    if (endpoint === null) return null;
    return {
      status: endpoint.EndpointStatus ?? "",
      configName: endpoint.EndpointConfigName ?? "",
      failureReason: endpoint.FailureReason ?? null,
      variants: (endpoint.ProductionVariants ?? []).map(({ VariantName, CurrentWeight }) => ({
        name: VariantName ?? "",
        weight: CurrentWeight ?? 0,
      })),
    };
  }

  async restoreEndpoint(name: string, configName: string): Promise<void> {
    await callAws(`restore endpoint ${name}`, () =>
      this.sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: configName })),
    );
  }

  async deleteEndpoint(name: string): Promise<void> {
    await ifExists(`delete endpoint ${name}`, () =>
      this.sagemaker.send(new DeleteEndpointCommand({ EndpointName: name })),
    );
  }

  async deleteEndpointConfig(name: string): Promise<void> {
    await ifExists(`delete endpoint config ${name}`, () =>
      this.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })),
    );
  }

  async putAlarms(alarms: readonly AlarmRequest[]): Promise<void> {
    for (const alarm of alarms) {
      await callAws(`put alarm ${alarm.AlarmName}`, () =>
        this.cloudwatch.send(new PutMetricAlarmCommand(alarm as PutMetricAlarmCommandInput)),
      );
    }
  }

  async deleteAlarms(names: readonly string[]): Promise<void> {
    // One by one: in a list a single missing name would keep the others.
    for (const name of names) {
      await ifExists(`delete alarm ${name}`, () =>
        this.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] })),
      );
    }
  }
}

async function ifExists<T>(what: string, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (isNotFound(error)) return null;
    throw mapAwsError(what, error);
  }
}

/** A job that has ended between the look and the stop needs no stopping. */
async function stopping(what: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    const { name, message } = describeFailure(error);
    if (isNotFound(error) || (name === "ValidationException" && /status/i.test(message))) return;
    throw mapAwsError(what, error);
  }
}
