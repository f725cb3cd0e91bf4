import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployedFactory, deployFactory, putAndWait, settle } from "../e2e/support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "../e2e/support/tabular.ts";
import { proofLines, readProof } from "./support/proof-cloud.ts";

const MODEL = "proven";
let factory: DeployedFactory;

beforeAll(async () => {
  process.env["MLOPS_LOCAL_PROOF"] = "1";
  factory = await deployFactory({ models: modelsDirectory({ [MODEL]: smallModel(MODEL) }) });
});
afterAll(async () => {
  delete process.env["MLOPS_LOCAL_PROOF"];
  await factory?.stop();
});

describe("every request, response and event of the loop", () => {
  it("is what AWS's published models say", async () => {
    const { session } = factory;
    expect((await putAndWait(session, MODEL, "a.csv", smallCsv(1_200, 1))).status).toBe("accepted");
    await settle(session, MODEL, 1);
    // A second run compares with a champion and updates the endpoint; a broken file is quarantined; the monitor looks at all of it.
    expect((await putAndWait(session, MODEL, "b.csv", smallCsv(1_200, 2, 10_000))).status).toBe("accepted");
    const runs = await settle(session, MODEL, 2);
    expect((await putAndWait(session, MODEL, "broken.csv", "id,size\n1,2\n")).status).toBe("quarantined");
    const summary = await readProof(factory.info().endpoint);
    for (const line of proofLines(summary)) console.log(line);
    expect(summary.findings).toEqual([]);
    expect(runs.map(({ outcome }) => outcome)).toEqual(["succeeded", "succeeded"]);
    expect(summary.requests).toBeGreaterThan(200);
    expect(Object.keys(summary.operations).length).toBeGreaterThan(25);
    expect(Object.keys(summary.events)).toEqual(
      expect.arrayContaining([
        "Object Created",
        "SageMaker Endpoint State Change",
        "SageMaker Training Job State Change",
        "SageMaker Transform Job State Change",
        "Step Functions Execution Status Change",
      ]),
    );
  });
});
