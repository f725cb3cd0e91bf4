import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createS3 } from "../../local/services/s3/index.ts";
import type { S3Service } from "../../local/services/s3/types.ts";
import { createSts } from "../../local/services/sts/index.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x";
const Bucket = "wire-bucket";
let cloud: StartedCloud;

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Buffer | string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(cloud.endpoint);
    const outgoing = httpRequest(
      { hostname, port, method, path, headers: { authorization: AUTHORIZATION, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const code = (answer: Answer): string => /<Code>(.*?)<\/Code>/.exec(answer.body)?.[1] ?? "";

beforeAll(async () => {
  cloud = await startCloud({ factories: [createSts, createS3] });
  await send("PUT", `/${Bucket}`);
});

afterAll(() => cloud.stop());

test("the virtual-host style names the bucket in the host", async () => {
  const host = `${Bucket}.localhost:4566`;
  expect((await send("PUT", "/dir/v%20h", { host }, "virtual")).status).toBe(200);
  expect((await send("GET", `/${Bucket}/dir/v%20h`)).body).toBe("virtual");
  expect((await send("GET", "/?list-type=2&prefix=dir/", { host: `${Bucket}.127.0.0.1` })).body).toContain(
    "<Key>dir/v h</Key>",
  );
});

test("a signed aws-chunked body is stored without its framing and its content coding", async () => {
  const framed = "5;chunk-signature=aa\r\nhello\r\n6;chunk-signature=bb\r\n world\r\n0;chunk-signature=cc\r\n\r\n";
  const put = await send(
    "PUT",
    `/${Bucket}/chunked`,
    {
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "x-amz-decoded-content-length": "11",
      "content-encoding": "aws-chunked,gzip",
    },
    framed,
  );
  expect(put.status).toBe(200);
  const got = await send("GET", `/${Bucket}/chunked`);
  expect([got.body, got.headers["content-encoding"]]).toEqual(["hello world", "gzip"]);
});

test("a trailing checksum is verified and returned", async () => {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32("hello"));
  const put = (value: string) =>
    send(
      "PUT",
      `/${Bucket}/trailer`,
      {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "5",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "content-encoding": "aws-chunked",
      },
      `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${value}\r\n\r\n`,
    );
  const good = await put(checksum.toString("base64"));
  expect([good.status, good.headers["x-amz-checksum-crc32"]]).toEqual([200, checksum.toString("base64")]);
  const bad = await put("AAAAAA==");
  expect([bad.status, code(bad)]).toEqual([400, "BadDigest"]);
});

test("a payload hash that does not fit is refused", async () => {
  const answer = await send("PUT", `/${Bucket}/hash`, { "x-amz-content-sha256": "0".repeat(64) }, "data");
  expect([answer.status, code(answer)]).toEqual([400, "XAmzContentSHA256Mismatch"]);
});

test("a body of unknown length is refused as S3 does", async () => {
  const chunked = await send("PUT", `/${Bucket}/unknown`, { "transfer-encoding": "chunked" }, "data");
  expect([chunked.status, code(chunked)]).toEqual([501, "NotImplemented"]);
});

test("a presigned URL works until it expires, its x-amz- parameters are headers", async () => {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const signed = (date: string) =>
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=${date}&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=abc`;
  const put = await send(
    "PUT",
    `/${Bucket}/signed?${signed(stamp)}&x-amz-meta-from=url`,
    { authorization: "" },
    "by url",
  );
  expect(put.status).toBe(200);
  const got = await send("GET", `/${Bucket}/signed?${signed(stamp)}&response-content-type=text%2Fcsv`, {
    authorization: "",
  });
  expect([got.body, got.headers["content-type"], got.headers["x-amz-meta-from"]]).toEqual([
    "by url",
    "text/csv",
    "url",
  ]);
  const late = await send("GET", `/${Bucket}/signed?${signed("20200101T000000Z")}`, { authorization: "" });
  expect([late.status, code(late)]).toEqual([403, "AccessDenied"]);
  const wrong = await send(
    "PUT",
    `/${Bucket}/signed?${signed(stamp)}&x-amz-checksum-crc32=AAAAAA%3D%3D`,
    { authorization: "" },
    "x",
  );
  expect([wrong.status, code(wrong)]).toEqual([400, "BadDigest"]);
});

test.each([
  ["GET", `/${Bucket}?website`, "?website"],
  ["GET", `/${Bucket}/k?torrent`, "?torrent"],
  ["PUT", `/${Bucket}?acl`, "PutBucketAcl"],
  ["POST", `/${Bucket}/k?restore`, "?restore"],
])("%s %s is not implemented, and says so", async (method, path, named) => {
  const answer = await send(method, path, {}, method === "GET" ? undefined : "<x/>");
  expect([answer.status, code(answer)]).toEqual([501, "NotImplemented"]);
  expect(answer.body).toContain(named);
});

test("a HEAD of nothing has a status and no body", async () => {
  const answer = await send("HEAD", `/${Bucket}/none`);
  expect([answer.status, answer.body]).toEqual([404, ""]);
});

test("broken XML and documents with entities are refused", async () => {
  const versioning = (body: string) => send("PUT", `/${Bucket}?versioning`, {}, body);
  for (const body of [
    "<Versioning",
    "<a><b></a></b>",
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "<a><Status>Maybe</Status></a>",
  ]) {
    const answer = await versioning(body);
    expect([answer.status, code(answer)]).toEqual([400, "MalformedXML"]);
  }
  const empty = await versioning("");
  expect([empty.status, code(empty)]).toEqual([400, "MissingRequestBodyError"]);
});

test("metadata that is not ASCII comes back as S3 sends it", async () => {
  await send("PUT", `/${Bucket}/meta`, { "x-amz-meta-name": Buffer.from("Zoë").toString("latin1") }, Buffer.from("x"));
  const { headers } = await send("HEAD", `/${Bucket}/meta`);
  expect(headers["x-amz-meta-name"]).toBe(`=?UTF-8?B?${Buffer.from("Zoë").toString("base64")}?=`);
});

test("metadata above 2 KB is refused", async () => {
  const answer = await send("PUT", `/${Bucket}/meta`, { "x-amz-meta-a": "x".repeat(2_050) }, "x");
  expect([answer.status, code(answer)]).toEqual([400, "MetadataTooLarge"]);
});

test("Expect: 100-continue is answered before the body", async () => {
  const { hostname, port } = new URL(cloud.endpoint);
  const seen = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    let sent = false;
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (!sent && text.includes("100 Continue")) {
        sent = true;
        socket.write("late");
      }
      if (text.includes("200 OK")) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.on("error", reject);
    socket.write(
      `PUT /${Bucket}/expect HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${AUTHORIZATION}\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`,
    );
  });
  expect(seen).toContain("etag");
  expect((await send("GET", `/${Bucket}/expect`)).body).toBe("late");
});

test("an upload whose client goes away leaves no object", async () => {
  const { hostname, port } = new URL(cloud.endpoint);
  const socket = connect(Number(port), hostname);
  socket.write(
    `PUT /${Bucket}/gone HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${AUTHORIZATION}\r\nContent-Length: 5000000\r\n\r\n${"x".repeat(1_000_000)}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await send("HEAD", `/${Bucket}/gone`)).status).toBe(404);
});

test("listing a prefix among 20,000 keys takes milliseconds", async () => {
  const s3 = cloud.cloud.service<S3Service>("s3");
  for (let index = 0; index < 20_000; index += 1) {
    await s3.putObject({ bucket: Bucket, key: `many/${index % 100}/${index}`, body: "" });
  }
  const start = performance.now();
  const listed = await send("GET", `/${Bucket}?list-type=2&prefix=many/&delimiter=/`);
  expect(listed.body.match(/<CommonPrefixes>/g)).toHaveLength(100);
  expect(performance.now() - start).toBeLessThan(250);
});
