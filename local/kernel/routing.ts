import { AwsError } from "./aws-error.ts";
import type { CredentialScope } from "./principals.ts";
import { CBOR_PATH, cborProtocol } from "./protocol-cbor.ts";
import { jsonProtocol } from "./protocol-json.ts";
import { queryProtocol } from "./protocol-query.ts";
import { restJsonProtocol } from "./protocol-rest-json.ts";
import type { Protocol } from "./wire.ts";

/** X-Amz-Target prefix to service. */
const TARGETS: Readonly<Record<string, string>> = {
  SageMaker: "sagemaker",
  AWSEvents: "events",
  DynamoDB_20120810: "dynamodb",
  AWSStepFunctions: "stepfunctions",
  AmazonSQS: "sqs",
  GraniteServiceVersion20100801: "cloudwatch",
  Logs_20140328: "logs",
  TrentService: "kms",
};

/** Signing name to service, where the service speaks Query. */
const QUERY_SERVICES: Readonly<Record<string, string>> = {
  sns: "sns",
  iam: "iam",
  sts: "sts",
  cloudformation: "cloudformation",
  monitoring: "cloudwatch",
};

/** Signing name to service, where the service speaks REST-JSON. */
const REST_SERVICES: Readonly<Record<string, string>> = { lambda: "lambda", sagemaker: "sagemaker-runtime" };

/** Which service a request is for, and in which protocol; S3 parses its requests itself. */
export interface Destination {
  readonly service: string;
  readonly protocol: Protocol | undefined;
}

/** What routing looks at. `contentType` is the media type without parameters. */
export interface RoutedRequest {
  readonly method: string;
  readonly path: string;
  readonly target: string | undefined;
  readonly contentType: string;
  readonly scope: CredentialScope | undefined;
}

/**
 * Finds the service of a request: X-Amz-Target, then the path of the CBOR protocol, then the credential scope, then
 * well-known paths; what is left is S3. Throws UnknownOperationException for a service that this cloud does not have.
 */
export function route(request: RoutedRequest): Destination {
  if (request.target) return byTarget(request.target);
  const cbor = CBOR_PATH.exec(request.path);
  if (cbor && request.scope?.service !== "s3") {
    return { service: serviceOfTarget(cbor[1] ?? ""), protocol: cborProtocol };
  }
  const signed = request.scope?.service;
  if (signed === "s3") return { service: "s3", protocol: undefined };
  if (signed !== undefined) return bySigningName(signed, request);
  const rest = serviceOfPath(request.path);
  return rest ? { service: rest, protocol: restJsonProtocol } : { service: "s3", protocol: undefined };
}

function byTarget(target: string): Destination {
  return { service: serviceOfTarget(target.slice(0, target.lastIndexOf("."))), protocol: jsonProtocol };
}

function serviceOfTarget(prefix: string): string {
  const service = TARGETS[prefix];
  if (service) return service;
  throw new AwsError("UnknownOperationException", 404, `The local cloud has no service with target prefix '${prefix}'`);
}

function bySigningName(signed: string, request: RoutedRequest): Destination {
  const query = QUERY_SERVICES[signed];
  if (query && request.path === "/") return { service: query, protocol: queryProtocol };
  const rest = REST_SERVICES[signed];
  if (rest) return { service: rest, protocol: restJsonProtocol };
  throw new AwsError(
    "UnknownOperationException",
    404,
    `The local cloud has no service '${signed}' (${request.method} ${request.path})`,
  );
}

/** Unsigned requests are refused, but the refusal must be in the protocol of the service that was meant. */
function serviceOfPath(path: string): string | undefined {
  if (/^\/20\d\d-\d\d-\d\d\/(functions|event-source-mappings|tags|account-settings|layers)/.test(path)) return "lambda";
  return /^\/endpoints\/[^/]+\/(async-)?invocations/.test(path) ? "sagemaker-runtime" : undefined;
}
