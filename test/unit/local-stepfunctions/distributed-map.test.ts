import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { makeBatches } from "../../../local/services/stepfunctions/map/batches.ts";
import { parseCsv } from "../../../local/services/stepfunctions/map/csv.ts";
import { fakeS3 } from "./fake-s3.ts";
import { fakeLambda, functionArn, named, openWorkbench, type Workbench } from "./harness.ts";

const open: Workbench[] = [];
const folders: string[] = [];
async function fresh(...args: Parameters<typeof openWorkbench>): Promise<Workbench> {
  const bench = await openWorkbench(...args);
  open.push(bench);
  return bench;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.test.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const machine = (map: object, child: object = { Type: "Pass", End: true }) => ({
  StartAt: "M",
  States: {
    M: {
      Type: "Map",
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "C",
        States: { C: child },
      },
      End: true,
      ...map,
    },
  },
});
const reader = (config: object, key = "items") => ({
  ItemReader: {
    Resource: "arn:aws:states:::s3:getObject",
    ReaderConfig: config,
    Parameters: { Bucket: "b", Key: key },
  },
});

describe("ItemReader", () => {
  test.each<[source: string, objects: Record<string, string | Buffer>, map: object, expected: unknown]>([
    ["a JSON array", { "b/items": '[{"a":1},{"a":2}]' }, reader({ InputType: "JSON" }), [{ a: 1 }, { a: 2 }]],
    [
      "a JSON array inside, by ItemsPointer",
      { "b/items": '{"x":{"y":[1,2]}}' },
      reader({ InputType: "JSON", ItemsPointer: "/x/y" }),
      [1, 2],
    ],
    ["JSON Lines", { "b/items": '{"a":1}\n{"a":2}\n' }, reader({ InputType: "JSONL" }), [{ a: 1 }, { a: 2 }]],
    [
      "CSV with its header",
      { "b/items": 'id,name\n1,"Ann, the ""first"""\r\n2,Bob\n' },
      reader({ InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" }),
      [
        { id: "1", name: 'Ann, the "first"' },
        { id: "2", name: "Bob" },
      ],
    ],
    [
      "CSV with a given header and delimiter, limited",
      { "b/items": "1|x\n2|y\n3|z" },
      reader({
        InputType: "CSV",
        CSVHeaderLocation: "GIVEN",
        CSVHeaders: ["n", "v"],
        CSVDelimiter: "PIPE",
        MaxItems: 2,
      }),
      [
        { n: "1", v: "x" },
        { n: "2", v: "y" },
      ],
    ],
    [
      "an S3 inventory manifest",
      {
        "b/items": JSON.stringify({
          sourceBucket: "src",
          destinationBucket: "arn:aws:s3:::inv",
          fileFormat: "CSV",
          fileSchema: "Bucket, Key, Size",
          files: [{ key: "data/1.csv.gz" }],
        }),
        "inv/data/1.csv.gz": gzipSync('"src","k1","10"\n"src","k2","20"\n'),
      },
      reader({ InputType: "MANIFEST" }),
      [
        { Bucket: "src", Key: "k1", Size: "10" },
        { Bucket: "src", Key: "k2", Size: "20" },
      ],
    ],
    [
      "listObjectsV2 over all its pages",
      { "b/p/1": "x", "b/p/2": "xx", "b/p/3": "xxx", "b/q": "" },
      {
        ItemReader: { Resource: "arn:aws:states:::s3:listObjectsV2", Parameters: { Bucket: "b", Prefix: "p/" } },
        ItemSelector: { "key.$": "$$.Map.Item.Value.Key", "size.$": "$$.Map.Item.Value.Size" },
      },
      [
        { key: "p/1", size: 1 },
        { key: "p/2", size: 2 },
        { key: "p/3", size: 3 },
      ],
    ],
    ["no reader: the items of the input", {}, { ItemsPath: "$.l" }, ["in", "put"]],
    [
      "batches",
      { "b/items": "[1,2,3,4,5]" },
      { ...reader({ InputType: "JSON" }), ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { "of.$": "$.l[0]" } } },
      [
        { BatchInput: { of: "in" }, Items: [1, 2] },
        { BatchInput: { of: "in" }, Items: [3, 4] },
        { BatchInput: { of: "in" }, Items: [5] },
      ],
    ],
  ])("%s", async (_source, objects, map, expected) => {
    const bench = await fresh([fakeS3(objects)]);
    expect(await bench.run(machine(map), { l: ["in", "put"] })).toMatchObject({
      status: "SUCCEEDED",
      output: expected,
    });
  });

  test.each<[source: string, body: string | undefined, config: object, cause: RegExp]>([
    ["no such object", undefined, { InputType: "JSON" }, /specified key does not exist/],
    ["no JSON", "{", { InputType: "JSON" }, /not valid JSON/],
    ["a number", "1", { InputType: "JSON" }, /non-iterable/],
    [
      "a pointer to nothing",
      "{}",
      { InputType: "JSON", ItemsPointer: "/x" },
      /ItemsPointer does not match any valid path/,
    ],
  ])("%s is States.ItemReaderFailed", async (_source, body, config, cause) => {
    const bench = await fresh([fakeS3(body === undefined ? {} : { "b/items": body })]);
    expect(await bench.run(machine(reader(config)))).toMatchObject({
      status: "FAILED",
      error: "States.ItemReaderFailed",
      cause: expect.stringMatching(cause),
    });
  });
});

describe("a Map run", () => {
  test("has children as executions of their own, and counts", async () => {
    const bench = await fresh();
    const ended = await bench.run(machine({ ItemsPath: "$.l", MaxConcurrency: 2, Label: "Fan" }), { l: [1, 2, 3] });
    const { mapRuns } = await bench.cloud.call("stepfunctions", "ListMapRuns", { executionArn: ended.arn });
    const [{ mapRunArn, stateMachineArn }] = mapRuns;
    expect(mapRunArn).toMatch(/^arn:aws:states:us-east-1:000000000000:mapRun:machine-1\/Fan:[0-9a-f-]{36}$/);
    expect(stateMachineArn).toBe("arn:aws:states:us-east-1:000000000000:stateMachine:machine-1/Fan");
    expect(await bench.cloud.call("stepfunctions", "DescribeMapRun", { mapRunArn })).toMatchObject({
      status: "SUCCEEDED",
      maxConcurrency: 2,
      itemCounts: { succeeded: 3, total: 3, pending: 0, failed: 0 },
      executionCounts: { succeeded: 3, total: 3 },
    });
    const { executions } = await bench.cloud.call("stepfunctions", "ListExecutions", { mapRunArn });
    expect(executions).toHaveLength(3);
    expect(executions[0].executionArn).toMatch(/:execution:machine-1\/Fan:/);
    expect((await bench.history(executions[0].executionArn)).map((event) => event.type)).toContain("PassStateExited");
    expect((await bench.history(ended.arn)).map((event) => event.type)).toEqual([
      "ExecutionStarted",
      "MapStateEntered",
      "MapStateStarted",
      "MapRunStarted",
      "MapRunSucceeded",
      "MapStateSucceeded",
      "MapStateExited",
      "ExecutionSucceeded",
    ]);
  });

  const sometimes = () =>
    fakeLambda({
      work: (payload) => {
        if ((payload as number) % 2 === 0) throw named("Even");
        return payload;
      },
    });
  const task = { Type: "Task", Resource: functionArn("work"), End: true };

  test.each<[source: string, map: object, status: string]>([
    ["no tolerance", {}, "FAILED"],
    ["a count that suffices", { ToleratedFailureCount: 2 }, "SUCCEEDED"],
    ["a count that does not", { ToleratedFailureCount: 1 }, "FAILED"],
    ["a percentage that suffices", { ToleratedFailurePercentage: 40 }, "SUCCEEDED"],
    ["a percentage that does not", { ToleratedFailurePercentage: 39 }, "FAILED"],
  ])("failures with %s", async (_source, map, status) => {
    const bench = await fresh([sometimes()]);
    const ended = await bench.run(machine({ ItemsPath: "$.l", MaxConcurrency: 1, ...map }, task), {
      l: [1, 2, 3, 4, 5],
    });
    expect(ended.status).toBe(status);
    if (status === "FAILED") expect(ended.error).toBe("States.ExceedToleratedFailureThreshold");
    else expect(ended.output).toEqual([1, 3, 5]);
  });

  test("ResultWriter puts a manifest and the results into S3", async () => {
    const s3 = fakeS3({});
    const bench = await fresh([s3, sometimes()]);
    const ended = await bench.run(
      machine(
        {
          ItemsPath: "$.l",
          ToleratedFailureCount: 9,
          ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "out", Prefix: "results" } },
        },
        task,
      ),
      { l: [1, 2, 3] },
    );
    const { MapRunArn, ResultWriterDetails } = ended.output as {
      MapRunArn: string;
      ResultWriterDetails: { Bucket: string; Key: string };
    };
    const folder = `results/${MapRunArn.split(":").pop()}`;
    expect(ResultWriterDetails).toEqual({ Bucket: "out", Key: `${folder}/manifest.json` });
    const manifest = JSON.parse(String(s3.objects[`out/${folder}/manifest.json`]));
    expect(manifest).toMatchObject({ DestinationBucket: "out", MapRunArn, ResultFiles: { PENDING: [] } });
    const succeeded = JSON.parse(String(s3.objects[`out/${manifest.ResultFiles.SUCCEEDED[0].Key}`]));
    expect(succeeded.map((each: { Output: string }) => each.Output)).toEqual(["1", "3"]);
    const failed = JSON.parse(String(s3.objects[`out/${manifest.ResultFiles.FAILED[0].Key}`]));
    expect(failed).toMatchObject([{ Status: "FAILED", Error: "Even", Input: "2" }]);
  });

  test("outer variables are not visible in the children", async () => {
    const bench = await fresh();
    const definition = machine({ ItemsPath: "$.l" }, { Type: "Pass", Parameters: { "v.$": "$outer" }, End: true });
    const ended = await bench.run(
      { StartAt: "A", States: { A: { Type: "Pass", Assign: { outer: 1 }, Next: "M" }, ...definition.States } },
      { l: [1] },
    );
    expect(ended.status).toBe("FAILED");
  });

  test("goes on after a kill: finished children are not run again", async () => {
    let held = true;
    const make = () =>
      fakeLambda({
        work: async (payload) => {
          if (payload === 2 && held) await new Promise(() => undefined);
          return payload;
        },
      });
    const bench = await fresh([make()]);
    const arn = await bench.start(await bench.create(machine({ ItemsPath: "$.l" }, task)), { l: [1, 2, 3] });
    await bench.until(async () => {
      const { mapRuns } = await bench.cloud.call("stepfunctions", "ListMapRuns", { executionArn: arn });
      if (mapRuns.length === 0) return false;
      const run = await bench.cloud.call("stepfunctions", "DescribeMapRun", { mapRunArn: mapRuns[0].mapRunArn });
      return run.itemCounts.succeeded === 2;
    });
    const stateDirectory = mkdtempSync(join(tmpdir(), "mlops-killed-"));
    folders.push(stateDirectory);
    cpSync(bench.test.stateDirectory, stateDirectory, { recursive: true });
    held = false;
    const second = make();
    const next = await fresh([second], { stateDirectory });
    expect(await next.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: [1, 2, 3] });
    expect(second.calls.map((each) => each.payload)).toEqual([2]);
  });

  test("StopExecution ends the children", async () => {
    const bench = await fresh();
    const executionArn = await bench.start(
      await bench.create(machine({ ItemsPath: "$.l" }, { Type: "Wait", Seconds: 600, End: true })),
      { l: [1, 2] },
    );
    await bench.until(async () => (await bench.history(executionArn)).some((event) => event.type === "MapRunStarted"));
    await bench.cloud.call("stepfunctions", "StopExecution", { executionArn });
    const { mapRuns } = await bench.cloud.call("stepfunctions", "ListMapRuns", { executionArn });
    const run = () => bench.cloud.call("stepfunctions", "DescribeMapRun", { mapRunArn: mapRuns[0].mapRunArn });
    await bench.until(async () => (await run()).executionCounts.aborted === 2);
    expect((await run()).status).toBe("ABORTED");
  });
});

describe("batches", () => {
  test("keep within bytes", () => {
    const batches = makeBatches(["x".repeat(50), "y".repeat(50), "z".repeat(50)], { maxBytes: 130 });
    expect(batches.map((batch) => batch.itemCount)).toEqual([2, 1]);
    expect(() => makeBatches(["x".repeat(500)], { maxBytes: 100 })).toThrow(/does not fit/);
  });
});

describe("CSV", () => {
  test.each<[text: string, rows: string[][]]>([
    [
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ['"a\nb",""\r\n', [["a\nb", ""]]],
    [
      "a,\n,b",
      [
        ["a", ""],
        ["", "b"],
      ],
    ],
    ["\n\na\n\n", [["a"]]],
    ['say "hi",x', [['say "hi"', "x"]]],
  ])("%j", (text, rows) => {
    expect(parseCsv(text, ",")).toEqual(rows);
  });
});
