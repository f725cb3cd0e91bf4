import type {
  CreateModelInput,
  DeleteModelInput,
  DescribeModelInput,
  ListModelsInput,
} from "@aws-sdk/client-sagemaker";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { arnOf, type SagemakerContext, s3Of } from "./context.ts";
import { invalid, unsupported } from "./errors.ts";
import { requireSupportedImage } from "./images.ts";
import { type ListInput, listRecords } from "./listing.ts";
import type { ModelRecord } from "./records.ts";
import { parseS3Uri } from "./s3-uri.ts";
import { setTags } from "./tags.ts";

/** CreateModel, DescribeModel, ListModels, DeleteModel. */
export function modelOperations(context: SagemakerContext): Record<string, Operation> {
  const { cloud, models } = context;

  return {
    async CreateModel(input: CreateModelInput) {
      const name = input.ModelName ?? "";
      const arn = arnOf(cloud, "model", name);
      requireUnused();
      const dataUrl = requireContainer(input);
      await requireModelData(context, dataUrl);
      // Another request may have made it while S3 was asked.
      requireUnused();
      setTags(context, arn, input.Tags);
      const now = cloud.now();
      models.set(name, { name, arn, createdMillis: now, modifiedMillis: now, request: input });
      context.containers.prepare();
      return { ModelArn: arn };

      function requireUnused(): void {
        if (models.has(name)) throw invalid(`Cannot create already existing model "${arn}".`);
      }
    },
    DescribeModel(input: DescribeModelInput) {
      const model = findModel(context, input.ModelName);
      const { Tags: _tags, ...request } = model.request;
      return {
        ...request,
        EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
        ModelArn: model.arn,
        CreationTime: new Date(model.createdMillis),
      };
    },
    ListModels(input: ListModelsInput) {
      const page = listRecords(models.values(), input as ListInput);
      return {
        Models: page.items.map((model) => ({
          ModelName: model.name,
          ModelArn: model.arn,
          CreationTime: new Date(model.createdMillis),
        })),
        NextToken: page.next,
      };
    },
    DeleteModel(input: DeleteModelInput) {
      const model = findModel(context, input.ModelName);
      models.delete(model.name);
      context.tags.delete(model.arn);
      return {};
    },
  };

  function requireContainer(input: CreateModelInput): string {
    const container = input.PrimaryContainer;
    if (input.Containers?.length || !container) throw unsupported("Containers", "give one PrimaryContainer");
    if (!container.Image) throw unsupported("PrimaryContainer.ModelPackageName", "give Image");
    if (container.ModelDataSource || container.AdditionalModelDataSources?.length) {
      throw unsupported("ModelDataSource", "give ModelDataUrl, a model.tar.gz");
    }
    if (container.Mode === "MultiModel") throw unsupported("multi-model containers");
    requireSupportedImage(cloud, container.Image);
    const environment = container.Environment ?? {};
    if (!environment["SAGEMAKER_PROGRAM"] || !environment["SAGEMAKER_SUBMIT_DIRECTORY"]) {
      throw unsupported(
        "the XGBoost image's algorithm mode",
        "give the environment SAGEMAKER_PROGRAM and SAGEMAKER_SUBMIT_DIRECTORY (script mode)",
      );
    }
    if (!container.ModelDataUrl) throw unsupported("a model without ModelDataUrl");
    return container.ModelDataUrl;
  }
}

/** The model of that name. Throws ValidationException when there is none. */
export function findModel(context: SagemakerContext, name: string | undefined): ModelRecord {
  const model = context.models.get(name ?? "");
  if (!model) throw invalid(`Could not find model "${arnOf(context.cloud, "model", name ?? "")}".`);
  return model;
}

async function requireModelData(context: SagemakerContext, url: string): Promise<void> {
  const location = parseS3Uri(url);
  if (!location || location.key === "") throw invalid(`ModelDataUrl ${url} is not the S3 URI of an object.`);
  try {
    await s3Of(context.cloud).headObject(location);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(`Could not find model data at ${url}.`);
  }
}
