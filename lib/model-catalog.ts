import { CustomResource, Duration } from "aws-cdk-lib";
import type { Role } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import type { ModelDefinition } from "../core/definition/schema.ts";
import { packRecipes, writeCatalog } from "./catalog-asset.ts";
import { grant, type Permission } from "./grant.ts";
import { readAsset } from "./permissions.ts";

/** Properties of the {@link ModelCatalog}. */
export interface ModelCatalogProps {
  /** The definitions of all models; none is fine. */
  readonly definitions: readonly ModelDefinition[];
  /** The function behind the custom resource. */
  readonly handler: LambdaFunction;
}

/**
 * Publishes the model definitions into the registry and the recipes into the artifact bucket; when a definition or the
 * stack goes, takes down what its model runs. One asset and one custom resource, however many models there are.
 */
export class ModelCatalog extends Construct {
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, props: ModelCatalogProps) {
    super(scope, id);
    const assets: Permission[] = [];
    const sources = Object.fromEntries(
      packRecipes().map((recipe) => {
        const asset = new Asset(this, `Recipe-${recipe.name}`, { path: recipe.path });
        assets.push(readAsset(asset.bucket.bucketArn, asset.s3ObjectKey));
        return [recipe.name, { key: asset.s3ObjectKey, sha256: recipe.sha256 }];
      }),
    );
    const catalog = writeCatalog({ definitions: props.definitions, sources });
    const asset = new Asset(this, "Catalog", { path: catalog.path });
    assets.push(readAsset(asset.bucket.bucketArn, asset.s3ObjectKey));
    grant(props.handler.role as Role, assets);
    this.resource = new CustomResource(this, "Resource", {
      resourceType: "Custom::ModelCatalog",
      serviceToken: props.handler.functionArn,
      serviceTimeout: Duration.minutes(15),
      properties: { CatalogBucket: asset.s3BucketName, CatalogKey: asset.s3ObjectKey, CatalogHash: catalog.sha256 },
    });
  }
}
