import type { Permission } from "../grant.ts";
import {
  createModels,
  describeExecutions,
  type PermissionScope,
  readAlarms,
  sagemaker,
  startMachines,
  stopExecutions,
  syncJobRules,
} from "../permissions.ts";

/** What the training machine calls besides functions. */
export function trainingPermissions(scope: PermissionScope): Permission[] {
  return [
    sagemaker(scope, "training-job", "CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob", "AddTags"),
    sagemaker(scope, "transform-job", "CreateTransformJob", "DescribeTransformJob", "StopTransformJob", "AddTags"),
    ...createModels(scope),
    syncJobRules(scope),
    startMachines(scope.deliveryMachineArn),
  ];
}

/**
 * What the ingest machine calls besides functions: the children of its Distributed Maps are executions of its own
 * (https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html).
 */
export function ingestPermissions(scope: PermissionScope): Permission[] {
  return [
    startMachines(scope.ingestMachineArn),
    describeExecutions(scope.ingestMachineArn),
    stopExecutions(scope.ingestMachineArn),
  ];
}

/** What the delivery machine calls besides functions. */
export function deliveryPermissions(scope: PermissionScope): Permission[] {
  return [
    sagemaker(scope, "endpoint-config", "CreateEndpointConfig", "AddTags"),
    sagemaker(scope, "endpoint", "CreateEndpoint", "UpdateEndpoint", "DescribeEndpoint", "DeleteEndpoint", "AddTags"),
    // SageMaker checks the configs' and the models' ARNs when it makes an endpoint of them.
    sagemaker(scope, "endpoint-config", "CreateEndpoint", "UpdateEndpoint"),
    readAlarms(scope),
  ];
}
