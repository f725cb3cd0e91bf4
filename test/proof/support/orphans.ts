import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
  ListTransformJobsCommand,
} from "@aws-sdk/client-sagemaker";
import type { Session } from "../../../cli/support/session.ts";

/**
 * What SageMaker still has of a model although the registry knows nothing of it: jobs that run, models and endpoint configs that
 * nobody will remove, an endpoint without a champion. Empty when nothing is left over.
 */
export async function orphansOf(session: Session, stage: string, model: string): Promise<string[]> {
  const { sagemaker, registry } = session;
  const NameContains = `${stage}-${model}`;
  const page = { NameContains, MaxResults: 100 };
  const [training, transform, models, configs, endpoints, versions, deliveries, head] = await Promise.all([
    sagemaker.send(new ListTrainingJobsCommand({ ...page, StatusEquals: "InProgress" })),
    sagemaker.send(new ListTransformJobsCommand({ ...page, StatusEquals: "InProgress" })),
    sagemaker.send(new ListModelsCommand(page)),
    sagemaker.send(new ListEndpointConfigsCommand(page)),
    sagemaker.send(new ListEndpointsCommand(page)),
    registry.listVersions(model, 100),
    registry.listDeliveries(model, 100),
    registry.getHead(model),
  ]);
  const keptModels = new Set(versions.filter((one) => one.sagemakerModelKept).map((one) => one.sagemakerModel));
  const keptConfigs = new Set(deliveries.filter((one) => one.resourcesKept).map((one) => one.configName));
  return [
    ...(training.TrainingJobSummaries ?? []).map(({ TrainingJobName }) => `running ${TrainingJobName}`),
    ...(transform.TransformJobSummaries ?? []).map(({ TransformJobName }) => `running ${TransformJobName}`),
    ...(models.Models ?? []).flatMap(({ ModelName = "" }) => (keptModels.has(ModelName) ? [] : [`model ${ModelName}`])),
    ...(configs.EndpointConfigs ?? []).flatMap(({ EndpointConfigName = "" }) =>
      keptConfigs.has(EndpointConfigName) ? [] : [`endpoint config ${EndpointConfigName}`],
    ),
    ...(endpoints.Endpoints ?? [])
      .filter(({ EndpointStatus }) => head.endpoint === null && EndpointStatus !== "Deleting")
      .map(({ EndpointName }) => `endpoint ${EndpointName}`),
  ];
}
