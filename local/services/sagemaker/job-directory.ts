import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";

/** Makes the tree that stands for /opt/ml of a training job, with SageMaker's configuration files. */
export async function makeTrainingDirectory(base: string, request: CreateTrainingJobRequest): Promise<void> {
  for (const path of ["input/config", "input/data", "model", "output/data", "checkpoints", "code"]) {
    await mkdir(join(base, path), { recursive: true });
  }
  const channels = Object.fromEntries(
    (request.InputDataConfig ?? []).map((channel) => [
      channel.ChannelName,
      {
        ...(channel.ContentType === undefined ? {} : { ContentType: channel.ContentType }),
        TrainingInputMode: channel.InputMode ?? request.AlgorithmSpecification?.TrainingInputMode,
        S3DistributionType: channel.DataSource?.S3DataSource?.S3DataDistributionType ?? "FullyReplicated",
        RecordWrapperType: channel.RecordWrapperType ?? "None",
      },
    ]),
  );
  const files = {
    hyperparameters: request.HyperParameters ?? {},
    inputdataconfig: channels,
    resourceconfig: {
      current_host: "algo-1",
      current_instance_type: request.ResourceConfig?.InstanceType,
      current_group_name: "homogeneousCluster",
      hosts: ["algo-1"],
      network_interface_name: "eth0",
    },
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(base, "input/config", `${name}.json`), JSON.stringify(content));
  }
}
