import { AwsError } from "../../../kernel/aws-error.ts";

/** What a request's host and path name. */
export interface Address {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly query: URLSearchParams;
}

// `bucket.localhost`, `bucket.127.0.0.1`, `bucket.s3.localhost`, `bucket.s3.us-east-1.amazonaws.com`.
const VIRTUAL_HOST =
  /^(.+?)\.(?:s3[.-](?:[a-z0-9-]+\.)?)?(?:localhost|127\.0\.0\.1|localhost\.localdomain|amazonaws\.com(?:\.cn)?)$/;

/** The bucket in a `Host` header of the virtual-host style, if it is of that style. */
export function bucketOfHost(host: string | undefined): string | undefined {
  const name = (host ?? "").replace(/:\d+$/, "").toLowerCase();
  const bucket = VIRTUAL_HOST.exec(name)?.[1];
  return bucket === "s3" ? undefined : bucket;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw new AwsError("InvalidURI", 400, "Couldn't parse the specified URI.", { URI: text });
  }
}

/**
 * Reads bucket, key and query from the raw request target. The path is not normalised: `..` and `//` are ordinary
 * characters of a key. Throws InvalidURI on a malformed escape.
 */
export function parseAddress(target: string, host: string | undefined): Address {
  const mark = target.indexOf("?");
  const path = (mark === -1 ? target : target.slice(0, mark)).replace(/^https?:\/\/[^/]*/, "");
  const query = new URLSearchParams(mark === -1 ? "" : target.slice(mark + 1));
  const hosted = bucketOfHost(host);
  const rest = path.replace(/^\//, "");
  if (hosted !== undefined) return { bucket: hosted, key: rest === "" ? undefined : decode(rest), query };
  const slash = rest.indexOf("/");
  const bucket = decode(slash === -1 ? rest : rest.slice(0, slash));
  const key = slash === -1 ? "" : rest.slice(slash + 1);
  return { bucket: bucket === "" ? undefined : bucket, key: key === "" ? undefined : decode(key), query };
}
