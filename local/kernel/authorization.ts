import type { Cloud, Principal } from "./cloud.ts";

/** An API call that is about to be made. */
export interface AuthorizedCall {
  /** The service's id as in {@link Cloud.call}. */
  readonly service: string;
  readonly operation: string;
  /** In AWS's own member names. */
  readonly input: object;
  readonly principal: Principal;
}

/** Looks at every call before it is made. Throws AwsError for a call that is refused. */
export type Authorizer = (call: AuthorizedCall) => void;

const authorizers = new WeakMap<Cloud, Authorizer>();

/** Lets an authorizer look at all calls of a cloud from now on. A cloud without one allows everything. */
export function setAuthorizer(cloud: Cloud, authorizer: Authorizer): void {
  authorizers.set(cloud, authorizer);
}

/**
 * Asks the cloud's authorizer. The kernel asks for every operation that it calls; services ask for what they do in another way, such as
 * streams of S3.
 *
 * @throws AwsError when the call is refused
 */
export function authorize(cloud: Cloud, call: AuthorizedCall): void {
  authorizers.get(cloud)?.(call);
}
