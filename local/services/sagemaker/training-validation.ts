import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { Cloud } from "../../kernel/cloud.ts";
import { invalid, unsupported } from "./errors.ts";
import { requireSupportedImage } from "./images.ts";
import { createMetricScraper } from "./metric-scraper.ts";
import { parseS3Uri } from "./s3-uri.ts";

/** Members of CreateTrainingJob that would change what a job does and that nothing here implements. */
const UNSUPPORTED = [
  "DebugRuleConfigurations",
  "ProfilerRuleConfigurations",
  "TensorBoardOutputConfig",
  "ServerlessJobConfig",
  "MlflowConfig",
  "ModelPackageConfig",
  "SessionChainingConfig",
] as const;

/** Checks what AWS's model does not say. Throws ValidationException that names the member. */
export function validateTrainingRequest(cloud: Cloud, request: CreateTrainingJobRequest): void {
  for (const member of UNSUPPORTED) {
    const value = request[member];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) throw unsupported(member);
  }
  validateAlgorithm(cloud, request);
  validateResources(request);
  const channels = new Set<string>();
  for (const channel of request.InputDataConfig ?? []) {
    const name = channel.ChannelName ?? "";
    if (channels.has(name)) throw invalid(`Duplicate channel name found: ${name}`);
    channels.add(name);
    const source = channel.DataSource?.S3DataSource;
    if (!source) throw unsupported(`channel ${name}: a DataSource other than S3DataSource`);
    if (!["S3Prefix", "ManifestFile"].includes(source.S3DataType ?? "")) {
      throw unsupported(`S3DataType ${source.S3DataType}`, "use S3Prefix or ManifestFile");
    }
    if (!parseS3Uri(source.S3Uri ?? "")) throw invalid(`Channel ${name}: S3Uri ${source.S3Uri} is not an S3 URI.`);
    const mode = channel.InputMode ?? request.AlgorithmSpecification?.TrainingInputMode;
    if (mode === "Pipe") throw unsupported("input mode Pipe", "use File or FastFile");
    if (channel.RecordWrapperType === "RecordIO") throw unsupported("RecordWrapperType RecordIO");
    if (channel.ShuffleConfig) throw unsupported("ShuffleConfig");
  }
  const output = request.OutputDataConfig?.S3OutputPath ?? "";
  if (!parseS3Uri(output)) throw invalid(`S3OutputPath ${output} is not an S3 URI.`);
  if (request.OutputDataConfig?.CompressionType === "NONE") throw unsupported("OutputDataConfig.CompressionType NONE");
}

function validateAlgorithm(cloud: Cloud, request: CreateTrainingJobRequest): void {
  const algorithm = request.AlgorithmSpecification;
  if (!algorithm?.TrainingImage) throw unsupported("AlgorithmName", "give TrainingImage");
  if (algorithm.ContainerEntrypoint || algorithm.ContainerArguments) {
    throw unsupported("ContainerEntrypoint and ContainerArguments");
  }
  requireSupportedImage(cloud, algorithm.TrainingImage);
  createMetricScraper(algorithm.MetricDefinitions ?? [], () => 0);
  const names = (algorithm.MetricDefinitions ?? []).map(({ Name }) => Name);
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice !== undefined) throw invalid(`Duplicate metric name found: ${twice}`);
  const { sagemaker_program: program, sagemaker_submit_directory: source } = request.HyperParameters ?? {};
  if (!program || !source) {
    throw unsupported(
      "the XGBoost image's algorithm mode",
      "give the hyperparameters sagemaker_program and sagemaker_submit_directory (script mode)",
    );
  }
}

function validateResources(request: CreateTrainingJobRequest): void {
  const { ResourceConfig: resources, StoppingCondition: stopping } = request;
  if (!resources?.InstanceType) throw unsupported("ResourceConfig without InstanceType");
  if ((resources.InstanceCount ?? 1) !== 1) throw unsupported("distributed training", "InstanceCount must be 1");
  if (request.EnableManagedSpotTraining) {
    const { MaxRuntimeInSeconds: runtime, MaxWaitTimeInSeconds: wait } = stopping ?? {};
    if (wait === undefined)
      throw invalid("MaxWaitTimeInSeconds must be specified when EnableManagedSpotTraining is set.");
    if (runtime !== undefined && wait < runtime) {
      throw invalid("Invalid MaxWaitTimeInSeconds. It must be greater than or equal to MaxRuntimeInSeconds");
    }
  } else if (stopping?.MaxWaitTimeInSeconds !== undefined) {
    throw invalid("MaxWaitTimeInSeconds above 0 must be used with EnableManagedSpotTraining.");
  }
}
