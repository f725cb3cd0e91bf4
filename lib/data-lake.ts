import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { StageSettings } from "../core/settings/stage-settings.ts";

/** Properties of the {@link DataLake}. */
export interface DataLakeProps {
  readonly settings: StageSettings;
}

/**
 * The two buckets: `data` holds what people upload, batches, dataset versions, captures and reports; `artifacts` holds
 * trained models and source bundles. Both are versioned, encrypted, private and TLS only; the data bucket tells
 * EventBridge about new objects.
 */
export class DataLake extends Construct {
  readonly data: Bucket;
  readonly artifacts: Bucket;

  constructor(scope: Construct, id: string, props: DataLakeProps) {
    super(scope, id);
    const { settings } = props;
    this.data = this.#bucket("Data", settings, [
      {
        id: "quarantine",
        tagFilters: { "mlops:kind": "quarantine" },
        expiration: Duration.days(settings.quarantineRetentionDays),
      },
    ]);
    this.artifacts = this.#bucket("Artifacts", settings, []);
    // The L2 property `eventBridgeEnabled` adds a Python custom resource; CloudFormation has the setting itself.
    (this.data.node.defaultChild as CfnBucket).addPropertyOverride("NotificationConfiguration", {
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
  }

  #bucket(id: string, settings: StageSettings, rules: LifecycleRule[]): Bucket {
    const bucket = new Bucket(this, id, {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: settings.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !settings.retainData,
      lifecycleRules: [
        { id: "abandoned-uploads", abortIncompleteMultipartUploadAfter: Duration.days(7) },
        { id: "old-versions", noncurrentVersionExpiration: Duration.days(90) },
        ...rules,
      ],
    });
    Validations.of(bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Server access logs would need a third bucket and cost per request; CloudTrail data events are the account owner's choice, and the registry audits every change the factory makes.",
    });
    return bucket;
  }
}
