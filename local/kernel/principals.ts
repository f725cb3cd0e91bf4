import type { LocalService, Principal } from "./cloud.ts";

/** Temporary keys as STS hands them out. Times are epoch milliseconds. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expirationMillis: number;
}

/** What the kernel and the other services need of the service `sts`. */
export interface CredentialSource extends LocalService {
  /** Keys that act as the role; `sessionName` names the session in GetCallerIdentity. Default life: 12 hours. */
  credentialsFor(roleArn: string, sessionName?: string): TemporaryCredentials;
  /** Who owns an access key that this cloud issued; undefined for keys it does not know. */
  principalOf(accessKeyId: string): Principal | undefined;
}

/** What a request says about its signer: the scope of AWS Signature Version 4. The signature itself is not checked. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** Signing name of the service: `s3`, `states`, `monitoring`. */
  readonly service: string;
  readonly presigned: boolean;
}

/** Reads the credential scope from the Authorization header or from a presigned URL; undefined for an unsigned request. */
export function credentialScopeOf(
  authorization: string | undefined,
  query: URLSearchParams,
): CredentialScope | undefined {
  const presigned = query.get("X-Amz-Credential");
  const credential = presigned ?? /Credential=([^,\s]+)/.exec(authorization ?? "")?.[1];
  if (credential) {
    // <access key>/<date>/<region>/<service>/aws4_request
    const parts = credential.split("/");
    return { accessKeyId: parts[0] ?? "", service: parts.at(-2) ?? "", presigned: presigned !== null };
  }
  const legacy = query.get("AWSAccessKeyId") ?? /^AWS ([^:]+):/.exec(authorization ?? "")?.[1];
  return legacy ? { accessKeyId: legacy, service: "s3", presigned: query.has("AWSAccessKeyId") } : undefined;
}

/** The principal of keys that this cloud did not issue, such as the dummy keys of `mlops local env`. */
export function defaultPrincipal(partition: string, accountId: string): Principal {
  return { arn: `arn:${partition}:iam::${accountId}:user/local` };
}
