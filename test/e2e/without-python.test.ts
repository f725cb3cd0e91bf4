import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../cli/support/project.ts";
import { type DeployedFactory, deployFactory, putAndWait, settle } from "./support/factory.ts";
import { modelsDirectory, smallCsv, smallModel } from "./support/tabular.ts";

const MODEL = "small";
/** What a person on Linux or macOS can do about it. */
const WHAT_TO_DO = /\/nonexistent\/python3.*(apt-get|brew) install/s;
let factory: DeployedFactory;

beforeAll(async () => {
  process.env["MLOPS_PYTHON"] = "/nonexistent/python3";
  factory = await deployFactory({ models: modelsDirectory({ [MODEL]: smallModel(MODEL) }) });
});
afterAll(async () => {
  delete process.env["MLOPS_PYTHON"];
  await factory?.stop();
});

function mlops(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(PACKAGE_ROOT, "cli/mlops.mjs"), ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

describe("a machine without a usable Python", () => {
  it("is told what to install, and `npm test` goes on with what needs no training", async () => {
    const [required, optional] = await Promise.all([
      mlops("python-setup"),
      mlops("python-setup", "--test", "--if-possible"),
    ]);
    expect(required).toEqual({ code: 1, output: expect.stringMatching(WHAT_TO_DO) });
    expect(optional).toEqual({ code: 0, output: expect.stringMatching(WHAT_TO_DO) });
    expect(optional.output).toContain("everything that needs no training works");
  });

  it("deploys, validates and quarantines uploads as any other", async () => {
    const broken = await putAndWait(factory.session, MODEL, "broken.csv", "id,size\n1,x\n");
    expect(broken).toMatchObject({ status: "quarantined", rules: expect.arrayContaining(["column-missing"]) });
  });

  it("records a training run as failed, with what to install, and takes the next file", async () => {
    const good = await putAndWait(factory.session, MODEL, "a.csv", smallCsv(1500, 1));
    expect(good.status).toBe("accepted");
    const [run] = await settle(factory.session, MODEL, 1);
    expect(run).toMatchObject({ outcome: "failed", reason: expect.stringMatching(WHAT_TO_DO) });
    expect(await factory.session.registry.getHead(MODEL)).toMatchObject({ champion: null, trainingLease: null });
    const next = await putAndWait(factory.session, MODEL, "b.csv", smallCsv(1500, 2, 10_000));
    expect(next.status).toBe("accepted");
    await settle(factory.session, MODEL, 2);
  });
});
