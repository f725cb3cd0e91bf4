import { Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { grant } from "./grant.ts";
import { allow } from "./permissions.ts";

/** Properties of the {@link SagemakerRole}. */
export interface SagemakerRoleProps {
  readonly dataBucket: IBucket;
  readonly artifactBucket: IBucket;
}

/**
 * The role that training jobs, transform jobs and endpoints run with: reads datasets, writes artifacts, predictions and
 * captures, writes logs and metrics, pulls AWS's images
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html).
 */
export class SagemakerRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: SagemakerRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("sagemaker.amazonaws.com"),
      description: "Runs the training jobs, transform jobs and endpoints of the model factory",
    });
    const data = props.dataBucket.bucketArn;
    const artifacts = props.artifactBucket.bucketArn;
    const models = "Models come and go without a deployment, so folders are bounded below every model's prefix.";
    grant(this.role, [
      allow(["s3:GetObject"], [`${data}/*/batches/*`, `${data}/*/datasets/*`, `${artifacts}/*`], models),
      allow(["s3:PutObject"], [`${data}/*/runs/*`, `${data}/*/capture/*`, `${artifacts}/*`], models),
      allow(["s3:ListBucket"], [data, artifacts]),
      allow(
        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        [`arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:/aws/sagemaker/*`],
        "SageMaker names its log groups and streams after jobs and endpoints.",
      ),
      {
        statement: new PolicyStatement({
          actions: ["cloudwatch:PutMetricData"],
          resources: ["*"],
          conditions: { StringLike: { "cloudwatch:namespace": ["AWS/SageMaker", "/aws/sagemaker/*"] } },
        }),
        reason: "PutMetricData takes no resource; the condition bounds the namespaces.",
      },
      allow(["ecr:GetAuthorizationToken"], ["*"], "The registry's token call takes no resource."),
      allow(
        ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
        [`arn:${stack.partition}:ecr:${stack.region}:*:repository/sagemaker-*`],
        "AWS's images live in AWS's accounts, another one in each region.",
      ),
    ]);
  }
}
