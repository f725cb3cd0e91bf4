import type {
  CreateEndpointConfigInput,
  DataCaptureConfig,
  DeleteEndpointConfigInput,
  DescribeEndpointConfigInput,
  ListEndpointConfigsInput,
  ProductionVariant,
} from "@aws-sdk/client-sagemaker";
import type { Operation } from "../../kernel/cloud.ts";
import { arnOf, type SagemakerContext } from "./context.ts";
import { invalid, unsupported } from "./errors.ts";
import { type ListInput, listRecords } from "./listing.ts";
import { findModel } from "./model-operations.ts";
import type { EndpointConfigRecord, VariantRecord } from "./records.ts";
import { parseS3Uri } from "./s3-uri.ts";
import { setTags } from "./tags.ts";

/** https://docs.aws.amazon.com/general/latest/gr/sagemaker.html */
const MAX_INSTANCES_PER_VARIANT = 64;

/** CreateEndpointConfig, DescribeEndpointConfig, ListEndpointConfigs, DeleteEndpointConfig. */
export function endpointConfigOperations(context: SagemakerContext): Record<string, Operation> {
  const { cloud, endpointConfigs } = context;

  return {
    CreateEndpointConfig(input: CreateEndpointConfigInput) {
      const name = input.EndpointConfigName ?? "";
      const arn = arnOf(cloud, "endpoint-config", name);
      if (endpointConfigs.has(name)) throw invalid(`Cannot create already existing endpoint configuration "${arn}".`);
      if (input.AsyncInferenceConfig) throw unsupported("AsyncInferenceConfig");
      if (input.ExplainerConfig) throw unsupported("ExplainerConfig");
      validateShadows(input);
      validateVariants(context, input.ProductionVariants ?? []);
      validateCapture(input.DataCaptureConfig);
      setTags(context, arn, input.Tags);
      const now = cloud.now();
      endpointConfigs.set(name, { name, arn, createdMillis: now, modifiedMillis: now, request: input });
      context.containers.prepare();
      return { EndpointConfigArn: arn };
    },
    DescribeEndpointConfig(input: DescribeEndpointConfigInput) {
      const config = findEndpointConfig(context, input.EndpointConfigName);
      const { Tags: _tags, ...request } = config.request;
      return { ...request, EndpointConfigArn: config.arn, CreationTime: new Date(config.createdMillis) };
    },
    ListEndpointConfigs(input: ListEndpointConfigsInput) {
      const page = listRecords(endpointConfigs.values(), input as ListInput);
      return {
        EndpointConfigs: page.items.map((config) => ({
          EndpointConfigName: config.name,
          EndpointConfigArn: config.arn,
          CreationTime: new Date(config.createdMillis),
        })),
        NextToken: page.next,
      };
    },
    DeleteEndpointConfig(input: DeleteEndpointConfigInput) {
      const config = findEndpointConfig(context, input.EndpointConfigName);
      for (const endpoint of context.endpoints.values()) {
        if (endpoint.configName !== config.name && endpoint.pending?.configName !== config.name) continue;
        // AWS's documentation forbids this and warns of lost visibility; here it is an error that cannot be overlooked.
        throw invalid(
          `Cannot delete endpoint configuration "${config.arn}": endpoint "${endpoint.arn}" uses it or is being updated to it.`,
        );
      }
      endpointConfigs.delete(config.name);
      context.tags.delete(config.arn);
      return {};
    },
  };
}

/** The endpoint configuration of that name. Throws ValidationException when there is none. */
export function findEndpointConfig(context: SagemakerContext, name: string | undefined): EndpointConfigRecord {
  const config = context.endpointConfigs.get(name ?? "");
  if (!config) {
    throw invalid(`Could not find endpoint configuration "${arnOf(context.cloud, "endpoint-config", name ?? "")}".`);
  }
  return config;
}

/** The variants that a configuration asks for. Throws ValidationException when a model was deleted meanwhile. */
export function variantsOf(context: SagemakerContext, config: EndpointConfigRecord): VariantRecord[] {
  return (config.request.ProductionVariants ?? []).map((variant) => ({
    name: variant.VariantName ?? "",
    modelName: variant.ModelName ?? "",
    image: findModel(context, variant.ModelName).request.PrimaryContainer?.Image ?? "",
    weight: variant.InitialVariantWeight ?? 1,
    instanceCount: variant.InitialInstanceCount ?? 1,
    instanceType: variant.InstanceType,
  }));
}

function validateVariants(context: SagemakerContext, variants: readonly ProductionVariant[]): void {
  const names = new Set<string>();
  for (const variant of variants) {
    const name = variant.VariantName ?? "";
    if (names.has(name))
      throw invalid(`Production variant names must be unique within an endpoint configuration: ${name}`);
    names.add(name);
    if (variant.ServerlessConfig) throw unsupported("serverless variants");
    if (variant.ManagedInstanceScaling) throw unsupported("ManagedInstanceScaling");
    if (variant.InstancePools?.length) throw unsupported("InstancePools");
    if (variant.CoreDumpConfig) throw unsupported("CoreDumpConfig");
    if (!variant.ModelName) throw unsupported("a variant without ModelName (inference components)");
    findModel(context, variant.ModelName);
    if (!variant.InstanceType) throw invalid(`InstanceType is required for production variant ${name}.`);
    const count = variant.InitialInstanceCount;
    if (count === undefined) throw invalid(`InitialInstanceCount is required for production variant ${name}.`);
    if (count < 1 || count > MAX_INSTANCES_PER_VARIANT) {
      throw invalid(
        `InitialInstanceCount of production variant ${name} is ${count}; allowed are 1 to ${MAX_INSTANCES_PER_VARIANT}.`,
      );
    }
  }
  if (variants.every((variant) => variant.InitialVariantWeight === 0)) {
    throw invalid("At least one production variant must have a weight greater than 0.");
  }
}

/**
 * "Currently, you can specify only one shadow variant", and then exactly one production variant:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-create.html
 */
function validateShadows({
  ShadowProductionVariants: shadows = [],
  ProductionVariants,
}: CreateEndpointConfigInput): void {
  if (shadows.length === 0) return;
  if (shadows.length > 1) throw invalid(`Only one shadow variant is allowed, but ${shadows.length} were given.`);
  if (ProductionVariants?.length !== 1) throw invalid("A shadow variant requires exactly one production variant.");
  throw unsupported("ShadowProductionVariants");
}

function validateCapture(capture: DataCaptureConfig | undefined): void {
  if (!capture) return;
  if (!parseS3Uri(capture.DestinationS3Uri ?? "")) {
    throw invalid(`DestinationS3Uri ${capture.DestinationS3Uri} is not an S3 URI.`);
  }
  const modes = (capture.CaptureOptions ?? []).map(({ CaptureMode }) => CaptureMode);
  if (modes.includes("InputAndOutput")) throw unsupported("CaptureMode InputAndOutput", "use Input and Output");
}
