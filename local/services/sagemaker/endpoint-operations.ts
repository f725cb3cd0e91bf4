import type {
  CreateEndpointInput,
  DeleteEndpointInput,
  DescribeEndpointInput,
  ListEndpointsInput,
  UpdateEndpointInput,
  UpdateEndpointWeightsAndCapacitiesInput,
} from "@aws-sdk/client-sagemaker";
import type { Operation } from "../../kernel/cloud.ts";
import { requireAlarms } from "./alarm-watch.ts";
import { arnOf, type SagemakerContext } from "./context.ts";
import { planDeployment, requireSameVariantNames } from "./deployment-plan.ts";
import { type EndpointFleets, variantsByConfigName } from "./endpoint-fleets.ts";
import { describeEndpoint } from "./endpoint-view.ts";
import { invalid } from "./errors.ts";
import { publishEndpoint } from "./events.ts";
import { type ListInput, listRecords } from "./listing.ts";
import type { EndpointRecord, VariantRecord } from "./records.ts";
import { setTags } from "./tags.ts";

/** Operations on endpoints. They validate and record; the containers are the fleets' work. */
export function endpointOperations(context: SagemakerContext, fleets: EndpointFleets): Record<string, Operation> {
  const { cloud, endpoints } = context;

  function find(name: string | undefined): EndpointRecord {
    const endpoint = endpoints.get(name ?? "");
    if (!endpoint) throw invalid(`Could not find endpoint "${arnOf(cloud, "endpoint", name ?? "")}".`);
    return endpoint;
  }

  function requireSettled(endpoint: EndpointRecord): void {
    if (endpoint.status === "InService" || endpoint.status === "Failed") return;
    throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`);
  }

  function save(endpoint: EndpointRecord): void {
    publishEndpoint(context, endpoints.set(endpoint.name, { ...endpoint, modifiedMillis: cloud.now() }));
  }

  return {
    async CreateEndpoint(input: CreateEndpointInput) {
      const name = input.EndpointName ?? "";
      const arn = arnOf(cloud, "endpoint", name);
      if (endpoints.has(name)) throw invalid(`Cannot create already existing endpoint "${arn}".`);
      const variants = variantsByConfigName(context, input.EndpointConfigName);
      const plan = planDeployment(input.DeploymentConfig, variants);
      await requireAlarms(cloud, plan.alarmNames);
      if (endpoints.has(name)) throw invalid(`Cannot create already existing endpoint "${arn}".`);
      setTags(context, arn, input.Tags);
      const now = cloud.now();
      save({
        name,
        arn,
        createdMillis: now,
        modifiedMillis: now,
        configName: input.EndpointConfigName ?? "",
        status: "Creating",
        variants,
        ...(input.DeploymentConfig ? { lastDeploymentConfig: input.DeploymentConfig } : {}),
      });
      fleets.create(name);
      return { EndpointArn: arn };
    },
    DescribeEndpoint: (input: DescribeEndpointInput) => describeEndpoint(context, find(input.EndpointName)),
    ListEndpoints(input: ListEndpointsInput) {
      const page = listRecords(endpoints.values(), input as ListInput);
      return {
        Endpoints: page.items.map((endpoint) => ({
          EndpointName: endpoint.name,
          EndpointArn: endpoint.arn,
          CreationTime: new Date(endpoint.createdMillis),
          LastModifiedTime: new Date(endpoint.modifiedMillis),
          EndpointStatus: endpoint.status,
        })),
        NextToken: page.next,
      };
    },
    async UpdateEndpoint(input: UpdateEndpointInput) {
      requireSettled(find(input.EndpointName));
      const asked = variantsByConfigName(context, input.EndpointConfigName);
      const config =
        input.DeploymentConfig ??
        (input.RetainDeploymentConfig ? find(input.EndpointName).lastDeploymentConfig : undefined);
      await requireAlarms(cloud, planDeployment(config, asked).alarmNames);
      const endpoint = find(input.EndpointName);
      requireSettled(endpoint);
      requireSameVariantNames(config, endpoint.variants, asked);
      save({
        ...endpoint,
        status: "Updating",
        failureReason: undefined,
        pending: {
          configName: input.EndpointConfigName ?? "",
          startMillis: cloud.now(),
          variants: input.RetainAllVariantProperties ? retain(endpoint.variants, asked, input) : asked,
          ...(config ? { deploymentConfig: config } : {}),
          phase: { status: "Creating", message: `Launching ${asked.length} instance(s).` },
        },
      });
      fleets.update(endpoint.name);
      return { EndpointArn: endpoint.arn };
    },
    UpdateEndpointWeightsAndCapacities(input: UpdateEndpointWeightsAndCapacitiesInput) {
      const endpoint = find(input.EndpointName);
      if (endpoint.status !== "InService") throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`);
      const variants = changeWeights(endpoint, input);
      save({ ...endpoint, status: "Updating" });
      fleets.setWeights(endpoint.name, variants);
      return { EndpointArn: endpoint.arn };
    },
    DeleteEndpoint(input: DeleteEndpointInput) {
      const endpoint = find(input.EndpointName);
      requireSettled(endpoint);
      save({ ...endpoint, status: "Deleting" });
      fleets.delete(endpoint.name);
      return {};
    },
  };
}

/** Keeps weights and instance counts of variants whose names stay, except for excluded properties. */
function retain(
  current: readonly VariantRecord[],
  asked: readonly VariantRecord[],
  input: UpdateEndpointInput,
): VariantRecord[] {
  const excluded = new Set(
    (input.ExcludeRetainedVariantProperties ?? []).map((property) => property.VariantPropertyType),
  );
  return asked.map((variant) => {
    const old = current.find(({ name }) => name === variant.name);
    if (!old) return variant;
    return {
      ...variant,
      ...(excluded.has("DesiredWeight") ? {} : { weight: old.weight }),
      ...(excluded.has("DesiredInstanceCount") ? {} : { instanceCount: old.instanceCount }),
    };
  });
}

function changeWeights(endpoint: EndpointRecord, input: UpdateEndpointWeightsAndCapacitiesInput): VariantRecord[] {
  const changes = new Map((input.DesiredWeightsAndCapacities ?? []).map((change) => [change.VariantName, change]));
  for (const name of changes.keys()) {
    if (!endpoint.variants.some((variant) => variant.name === name)) {
      throw invalid(`Could not find production variant "${name}" of endpoint "${endpoint.arn}".`);
    }
  }
  const variants = endpoint.variants.map((variant) => ({
    ...variant,
    weight: changes.get(variant.name)?.DesiredWeight ?? variant.weight,
    instanceCount: changes.get(variant.name)?.DesiredInstanceCount ?? variant.instanceCount,
  }));
  if (variants.every(({ weight }) => weight === 0)) {
    throw invalid("At least one production variant must have a weight greater than 0.");
  }
  return variants;
}
