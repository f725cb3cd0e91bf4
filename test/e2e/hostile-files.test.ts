import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../cli/support/wait.ts";
import { makeBatchId } from "../../core/registry/ids.ts";
import type { BatchItem } from "../../core/registry/items.ts";
import { STRIKE_HEADER, STRIKE_YAML, strikeRows } from "../fixtures/data/definitions.ts";
import { HOSTILE_FILES } from "../fixtures/data/hostile.ts";
import { type DeployedFactory, deployFactory, putAndWait } from "./support/factory.ts";
import { modelsDirectory } from "./support/tabular.ts";

const MODEL = /^name: (\S+)$/m.exec(STRIKE_YAML)?.[1] ?? "";
let factory: DeployedFactory;

beforeAll(async () => {
  factory = await deployFactory({ models: modelsDirectory({ [MODEL]: STRIKE_YAML }) });
});
afterAll(() => factory?.stop());

/** Uploads below any key, in parts when it is large, and waits for the verdict. */
async function verdict(model: string, key: string, body: Uint8Array | Readable): Promise<BatchItem> {
  const bucket = factory.session.outputs.DataBucketName;
  const params = { Bucket: bucket, Key: key, Body: body };
  const { VersionId } = await new Upload({ client: factory.session.s3, params, partSize: 8 * 1024 * 1024 }).done();
  const batchId = makeBatchId({ bucket, key, versionId: VersionId ?? "null" });
  return until(`the verdict on ${key.slice(0, 80)}`, 120, async () => {
    const batch = await factory.session.registry.getBatch(model, batchId);
    return batch !== null && batch.settledAt !== null ? batch : undefined;
  });
}

async function report(batch: BatchItem): Promise<{ reasons: Array<{ rule: string; message: string }> }> {
  const answer = await factory.session.s3.send(
    new GetObjectCommand({ Bucket: factory.session.outputs.DataBucketName, Key: batch.reportKey ?? "" }),
  );
  return JSON.parse((await answer.Body?.transformToString()) ?? "");
}

function content(chunks: Iterable<Uint8Array>): Uint8Array | Readable {
  const first: Uint8Array[] = [];
  let size = 0;
  const iterator = chunks[Symbol.iterator]();
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    first.push(next.value);
    size += next.value.length;
    if (size > 4_000_000) {
      const rest = { [Symbol.iterator]: () => iterator };
      return Readable.from(
        (function* () {
          yield* first;
          yield* rest;
        })(),
      );
    }
  }
  return Buffer.concat(first);
}

describe("hostile files, uploaded into the deployed factory", () => {
  it.each(HOSTILE_FILES.map((file) => [file.name, file] as const))("%s gets its verdict", async (name, file) => {
    const batch = await verdict(MODEL, `${MODEL}/incoming/${name}`, content(file.content()));
    if (file.rules.length === 0) {
      expect(batch.rules).toEqual([]);
      expect(batch.status).toBe("accepted");
      return;
    }
    expect(batch.status).toBe("quarantined");
    expect(batch.rules).toEqual(expect.arrayContaining([...file.rules]));
    const { reasons } = await report(batch);
    for (const reason of reasons) expect(reason.message.length).toBeGreaterThan(20);
  });

  it.each([
    ["path tricks", `${MODEL}/incoming/../../${MODEL}/batches/x.csv`],
    ["encoded path tricks", `${MODEL}/incoming/%2e%2e%2fx.csv`],
    ["a name of 1,000 characters", `${MODEL}/incoming/${"n".repeat(1000 - MODEL.length)}.csv`],
    ["line breaks and emoji in the name", `${MODEL}/incoming/a\nb 🐦.csv`],
  ])(
    "a good file under a key with %s is taken or refused with a reason, and writes nowhere else",
    async (_case, key) => {
      const body = Buffer.from(`${[STRIKE_HEADER, ...strikeRows(60, 5000)].join("\n")}\n`);
      const batch = await verdict(MODEL, key, body);
      if (batch.status === "quarantined") {
        expect(batch.rules).toEqual(["key-path"]);
        expect(batch.reportKey).toMatch(new RegExp(`^${MODEL}/quarantine/${batch.batchId}/report.json$`));
      } else {
        expect(batch.manifestKey).toBe(`${MODEL}/batches/${batch.batchId}/manifest.json`);
      }
    },
  );

  it("a model that nobody defined is refused, with the models that there are", async () => {
    const batch = await verdict("_unknown", "no-such-model/incoming/a.csv", Buffer.from("a,b\n1,2\n"));
    expect(batch.rules).toEqual(["no-such-model"]);
    const { reasons } = await report(batch);
    expect(reasons[0]?.message).toContain(MODEL);
  });

  it("the next good file is accepted, and no function has died", async () => {
    const good = `${[STRIKE_HEADER, ...strikeRows(200, 9000)].join("\n")}\n`;
    const batch = await putAndWait(factory.session, MODEL, "good.csv", good);
    expect(batch.rules).toEqual([]);
    const logs = join(factory.state, "logs");
    expect(readdirSync(logs).length).toBeGreaterThan(0);
    const { FilterLogEventsCommand, CloudWatchLogsClient, DescribeLogGroupsCommand } = await import(
      "@aws-sdk/client-cloudwatch-logs"
    );
    const client = new CloudWatchLogsClient({});
    const groups = (await client.send(new DescribeLogGroupsCommand({}))).logGroups ?? [];
    const ingest = groups.find((group) => /ingest/.test(group.logGroupName ?? ""));
    expect(ingest).toBeDefined();
    for (const sign of ["Runtime.ExitError", "OutOfMemory", "Task timed out"]) {
      const { events } = await client.send(
        new FilterLogEventsCommand({ logGroupName: ingest?.logGroupName, filterPattern: `"${sign}"` }),
      );
      expect(events ?? [], sign).toEqual([]);
    }
  });
});
