import { AwsError } from "../../kernel/aws-error.ts";

/** No such bucket: 404. */
export const noSuchBucket = (bucket: string): AwsError =>
  new AwsError("NoSuchBucket", 404, "The specified bucket does not exist", { BucketName: bucket });

/** No such object: 404. */
export const noSuchKey = (key: string): AwsError =>
  new AwsError("NoSuchKey", 404, "The specified key does not exist.", { Key: key });

/** No such version of an object: 404. */
export const noSuchVersion = (key: string, versionId: string): AwsError =>
  new AwsError("NoSuchVersion", 404, "The specified version does not exist.", { Key: key, VersionId: versionId });

/** No such multipart upload: 404. */
export const noSuchUpload = (uploadId: string): AwsError =>
  new AwsError(
    "NoSuchUpload",
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: uploadId },
  );

/** A condition of the request does not hold: 412. `condition` is the header's name. */
export const preconditionFailed = (condition: string): AwsError =>
  new AwsError("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });

/** The request is not valid: 400. */
export const invalidRequest = (message: string): AwsError => new AwsError("InvalidRequest", 400, message);

/** An argument is not valid: 400. */
export const invalidArgument = (message: string, name: string, value: string): AwsError =>
  new AwsError("InvalidArgument", 400, message, { ArgumentName: name, ArgumentValue: value });

/** The XML of a request does not fit its schema: 400. */
export const malformedXml = (detail: string): AwsError =>
  new AwsError(
    "MalformedXML",
    400,
    `The XML you provided was not well-formed or did not validate against our published schema: ${detail}`,
  );

/** What AWS has and this cloud has not: 501, naming it. */
export const notImplemented = (what: string): AwsError =>
  new AwsError(
    "NotImplemented",
    501,
    `A header or query you provided implies functionality that is not implemented in the local cloud: ${what}`,
    { Header: what },
  );

/** A digest of the client does not fit the bytes that arrived: 400. `what` is `Content-MD5` or the checksum's name. */
export const badDigest = (what: string): AwsError =>
  new AwsError("BadDigest", 400, `The ${what} you specified did not match the calculated checksum.`);
