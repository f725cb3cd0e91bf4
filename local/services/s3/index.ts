import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Cloud, Operation } from "../../kernel/cloud.ts";
import { bucketOperations } from "./buckets/bucket-operations.ts";
import { startLifecycleSweep } from "./buckets/lifecycle-sweep.ts";
import { internalCall, type S3Operation } from "./operations/call.ts";
import { listOperations } from "./operations/list-operations.ts";
import { multipartOperations } from "./operations/multipart-operations.ts";
import { objectOperations } from "./operations/object-operations.ts";
import { ObjectState } from "./store/object-state.ts";
import { typedApi } from "./typed-api.ts";
import type { S3Service } from "./types.ts";
import { handleS3Request } from "./wire/http.ts";

export type * from "./types.ts";

/** In process, bodies of outputs are whole: `Uint8Array`, as AWS's shapes say. */
function inProcess(operations: Readonly<Record<string, S3Operation>>): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, run]): [string, Operation] => [
      name,
      async (input, context) => {
        const output = (await run(input, internalCall(context))) as { Body?: Readable };
        return output.Body === undefined ? output : { ...output, Body: await buffer(output.Body) };
      },
    ]),
  );
}

/** The local S3: REST-XML over HTTP, the same operations in process, and a typed streaming API. */
export function createS3(cloud: Cloud): S3Service {
  const state = new ObjectState(cloud);
  const operations: Record<string, S3Operation> = {
    ...bucketOperations(state),
    ...objectOperations(state),
    ...listOperations(state),
    ...multipartOperations(state),
  };
  let stopSweep: (() => void) | undefined;
  return {
    id: "s3",
    operations: inProcess(operations),
    handleHttp: (request, response, context) => handleS3Request(cloud, operations, request, response, context),
    async start() {
      stopSweep = startLifecycleSweep(state);
    },
    async stop() {
      stopSweep?.();
    },
    ...typedApi(state),
  };
}
