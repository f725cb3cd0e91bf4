import { AwsError } from "../../../kernel/aws-error.ts";
import { AnswerLost } from "../../../kernel/faults/answer-lost.ts";
import { loadModel, type ServiceModel } from "../../../kernel/model.ts";
import { StateError } from "../asl/state-error.ts";
import { operationName, type Resource } from "./resource.ts";

/**
 * The error of a service call as a state sees it.
 *
 * Optimized integrations report `<Service>.<Exception>` with the class names of the AWS SDK for Java 1.x, AWS SDK integrations
 * with those of 2.x; both SDKs name every modeled error `...Exception` and put all errors that the model does not list
 * under one base class (`SageMaker.AmazonSageMakerException`, `SageMaker.SageMakerException`). An error that did not come from the
 * service (a bug) is passed on as it is.
 * Sources: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html ("error names ... Java SDK"), and the naming
 * rule in software.amazon.awssdk.codegen.naming.DefaultNamingStrategy (getExceptionName).
 */
export function toStateError(error: unknown, resource: Resource, requestId: string): unknown {
  if (!(error instanceof AwsError)) return error;
  if (error instanceof AnswerLost) return new StateError(`${prefixOf(resource)}.SdkClientException`, error.message);
  if (resource.kind === "lambda-function") return lambdaError(error, "Lambda", requestId);
  if (resource.kind === "sdk") {
    const { id, client } = resource.service;
    const name = exceptionName(loadModel(id), resource.action, error.code) ?? `${client}Exception`;
    return new StateError(
      `${client}.${name}`,
      `${error.message} (Service: ${client}, Status Code: ${error.statusCode}, Request ID: ${requestId})`,
    );
  }
  const { id, prefix, baseException, causeName } = resource.service;
  const name = exceptionName(loadModel(id), resource.action, error.code) ?? baseException;
  return new StateError(
    `${prefix}.${name}`,
    `${error.message} (Service: ${causeName}; Status Code: ${error.statusCode}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`,
  );
}

/** The prefix under which a service's errors are reported. */
function prefixOf(resource: Resource): string {
  if (resource.kind === "lambda-function") return "Lambda";
  return resource.kind === "sdk" ? resource.service.client : resource.service.prefix;
}

function lambdaError(error: AwsError, prefix: string, requestId: string): StateError {
  const name = exceptionName(loadModel("lambda"), "invoke", error.code) ?? "AWSLambdaException";
  return new StateError(
    `${prefix}.${name}`,
    `${error.message} (Service: AWSLambda; Status Code: ${error.statusCode}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`,
  );
}

/** The SDKs' class name of an error that the operation's model lists, else undefined. */
function exceptionName(model: ServiceModel, action: string, code: string): string | undefined {
  const listed = model.operations[operationName(action)]?.errors ?? [];
  const found = listed.find((name) => name === code || model.shapes[name]?.error?.code === code);
  if (found === undefined) return undefined;
  if (found.endsWith("Exception")) return found;
  return found.endsWith("Fault") ? `${found.slice(0, -5)}Exception` : `${found}Exception`;
}
