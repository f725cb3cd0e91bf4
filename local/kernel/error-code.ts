import { AwsError } from "./aws-error.ts";
import { errorShapeOf, type ServiceModel } from "./model.ts";

/** Any thrown value as an AwsError: what is not one is a fault of ours and becomes `InternalFailure`, cause kept. */
export function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const wrapped = new AwsError("InternalFailure", 500, message);
  wrapped.cause = error;
  return wrapped;
}

/** Code as Query-style protocols send it (`error.code` of the model), for instance `ResourceNotFound`. */
export function queryCodeOf(model: ServiceModel, code: string): string {
  return errorShapeOf(model, code)?.shape.error?.code ?? code;
}

/** Name as JSON protocols send it: the error shape's name, for instance `ResourceNotFoundException`. */
export function shapeNameOf(model: ServiceModel, code: string): string {
  return errorShapeOf(model, code)?.name ?? code;
}
