import { loadModel } from "../../../kernel/model.ts";
import { OPTIMIZED_SERVICES, type OptimizedService, type Pattern, SDK_SERVICES, type SdkService } from "./services.ts";

/** What the `Resource` of a Task state names. */
export type Resource =
  | { readonly kind: "lambda-function"; readonly functionArn: string; readonly pattern: "request" }
  | {
      readonly kind: "optimized";
      readonly name: string;
      readonly service: OptimizedService;
      readonly action: string;
      readonly pattern: Pattern;
    }
  | {
      readonly kind: "sdk";
      readonly name: string;
      readonly service: SdkService;
      readonly action: string;
      readonly pattern: Pattern;
    };

const LAMBDA_FUNCTION = /^arn:[\w-]+:lambda:[\w-]*:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const INTEGRATION = /^arn:[\w-]+:states:[\w-]*:\d*:(.+)$/;
const PATTERN = /^(.*?)(?:\.(sync:2|sync|waitForTaskToken))?$/;

/**
 * Reads a `Resource`. Returns a message that says what is wrong when it is not an ARN that this cloud can serve.
 *
 * @example parseResource("arn:aws:states:::sagemaker:createTrainingJob.sync")
 */
export function parseResource(arn: string): Resource | string {
  if (LAMBDA_FUNCTION.test(arn)) return { kind: "lambda-function", functionArn: arn, pattern: "request" };
  const rest = INTEGRATION.exec(arn)?.[1];
  if (rest === undefined) return "Value is not a valid resource ARN";
  if (rest.startsWith("activity:")) return "Activities are not supported by this local cloud";
  const parts = PATTERN.exec(rest);
  const pattern = (parts?.[2] ?? "request") as Pattern;
  const names = (parts?.[1] ?? "").split(":");
  if (names[0] === "aws-sdk") return sdkResource(names[1] ?? "", names[2] ?? "", pattern);
  return optimizedResource(names[0] ?? "", names[1] ?? "", pattern);
}

function sdkResource(name: string, action: string, pattern: Pattern): Resource | string {
  const service = Object.hasOwn(SDK_SERVICES, name) ? SDK_SERVICES[name] : undefined;
  if (service === undefined) return `The service 'aws-sdk:${name}' is not supported by this local cloud`;
  if (loadModel(service.id).operations[operationName(action)] === undefined) {
    return `The API action 'aws-sdk:${name}:${action}' is not supported by this local cloud`;
  }
  if (pattern !== "request" && pattern !== "waitForTaskToken") {
    return `The resource provided does not support the integration pattern '.${pattern}'`;
  }
  return { kind: "sdk", name, service, action, pattern };
}

function optimizedResource(name: string, action: string, pattern: Pattern): Resource | string {
  const service = Object.hasOwn(OPTIMIZED_SERVICES, name) ? OPTIMIZED_SERVICES[name] : undefined;
  if (service === undefined) return `The service integration '${name}' is not supported by this local cloud`;
  const patterns = Object.hasOwn(service.actions, action) ? service.actions[action] : undefined;
  if (patterns === undefined) return `The service integration '${name}:${action}' is not supported by this local cloud`;
  if (!patterns.includes(pattern)) {
    return `The resource provided does not support the integration pattern '.${pattern}'`;
  }
  return { kind: "optimized", name, service, action, pattern };
}

/** `createTrainingJob` → `CreateTrainingJob`. */
export function operationName(action: string): string {
  return `${action.slice(0, 1).toUpperCase()}${action.slice(1)}`;
}

/** `resourceType` and `resource` as history events name them: `aws-sdk:dynamodb` and `putItem`, `sagemaker` and `createTrainingJob.sync`. */
export function resourceNames(resource: Resource): { resourceType: string; resource: string } {
  if (resource.kind === "lambda-function") return { resourceType: "lambda", resource: resource.functionArn };
  const suffix = resource.pattern === "request" ? "" : `.${resource.pattern}`;
  return {
    resourceType: resource.kind === "sdk" ? `aws-sdk:${resource.name}` : resource.name,
    resource: `${resource.action}${suffix}`,
  };
}
