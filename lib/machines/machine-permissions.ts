import type { Permission } from "../grant.ts";
import {
  allow,
  type PermissionScope,
  passSagemakerRole,
  sagemaker,
  syncJobRules,
  useEndpointAlarms,
} from "../permissions.ts";

/** What the training machine calls besides functions. */
export function trainingPermissions(scope: PermissionScope): Permission[] {
  return [
    sagemaker(scope, "training-job", "CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob", "AddTags"),
    sagemaker(scope, "transform-job", "CreateTransformJob", "DescribeTransformJob", "StopTransformJob", "AddTags"),
    sagemaker(scope, "model", "CreateModel", "AddTags"),
    passSagemakerRole(scope),
    syncJobRules(scope),
    allow(["states:StartExecution"], [scope.deliveryMachineArn]),
  ];
}

/** What the delivery machine calls besides functions. */
export function deliveryPermissions(scope: PermissionScope): Permission[] {
  return [
    sagemaker(scope, "endpoint-config", "CreateEndpointConfig", "DescribeEndpointConfig", "AddTags"),
    sagemaker(scope, "endpoint", "CreateEndpoint", "UpdateEndpoint", "DescribeEndpoint", "DeleteEndpoint", "AddTags"),
    // SageMaker checks the configs' and the models' ARNs when it makes an endpoint of them.
    sagemaker(scope, "endpoint-config", "CreateEndpoint", "UpdateEndpoint"),
    // Guardrails read the alarms with the caller's permissions:
    // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    useEndpointAlarms(scope, "DescribeAlarms"),
    passSagemakerRole(scope),
  ];
}
