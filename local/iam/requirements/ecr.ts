import { type Derivation, type ServiceTable, text } from "./requirement.ts";

/** `683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5` */
const IMAGE = /^(\d{12})\.dkr\.ecr\.([^.]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

const pull: Derivation = (input, place) => {
  const [, account, region, repository] = IMAGE.exec(text(input, "Image")) ?? [];
  // An image from elsewhere is pulled without ECR.
  if (account === undefined) return [];
  const resource = `arn:${place.partition}:ecr:${region}:${account}:repository/${repository}`;
  return [
    { action: "ecr:GetAuthorizationToken", resource: "*" },
    { action: "ecr:BatchCheckLayerAvailability", resource },
    { action: "ecr:GetDownloadUrlForLayer", resource },
    { action: "ecr:BatchGetImage", resource },
  ];
};

/**
 * Pulling a container image with the execution role, which SageMaker does for every job and endpoint
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html). Not an operation of ECR's API: it stands for the four calls of a pull.
 */
export const ecrTable: ServiceTable = { PullImage: pull };
