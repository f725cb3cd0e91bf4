import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IamReport } from "../../local/iam/guard.ts";
import { type DeployedFactory, deployFactory } from "../e2e/support/factory.ts";
import { modelsDirectory, smallModel } from "../e2e/support/tabular.ts";
import { UNUSED } from "./iam-unused.ts";
import { badDay, everyDay, iamReport, largeFiles, waitForSchedule, watchDrift } from "./support/iam-loop.ts";
import { iamProblems, unusedGrants } from "./support/iam-verdict.ts";
import { printSummary } from "./support/summary.ts";

const MODEL = "small";
const NEW = "new";
const STRICT = "strict";
const SLOW = "slow";
let factory: DeployedFactory;
const reports: IamReport[] = [];

beforeAll(async () => {
  const models = {
    [MODEL]: smallModel(MODEL),
    [NEW]: smallModel(NEW),
    [STRICT]: smallModel(STRICT).replace("auc: 0.6", "auc: 0.999"),
    [SLOW]: smallModel(SLOW).replace("num_round: 20", "num_round: 6000"),
  };
  factory = await deployFactory({ models: modelsDirectory(models) });
});
afterAll(() => factory?.stop());

describe("the roles of the deployed stack", () => {
  it("allow every call of the everyday paths and of the failure paths, enforced in AWS's manner", async () => {
    await everyDay(factory, MODEL);
    await badDay(factory, { model: MODEL, newModel: NEW, strictModel: STRICT, slowModel: SLOW });
    await watchDrift(factory, MODEL);
    await largeFiles(factory, NEW);
    await waitForSchedule(factory);
    const report = await iamReport(factory.info().endpoint);
    expect(report.enforced).toBe(true);
    expect(report.denied).toEqual([]);
    expect(report.findings).toEqual([]);
    reports.push(report);
  });

  it("take down everything of models that are deleted", async () => {
    await factory.redeploy(modelsDirectory({}));
    const report = await iamReport(factory.info().endpoint);
    expect(report.denied).toEqual([]);
    expect(report.findings).toEqual([]);
    reports.push(report);
  });

  it("grant nothing that no run used and no explanation keeps", () => {
    const sum = (member: (report: IamReport) => number) => reports.reduce((total, one) => total + member(one), 0);
    const actions = new Set(reports.flatMap(({ allowed }) => allowed.map(({ action }) => action)));
    printSummary("IAM proof", {
      "permissions checked": sum(({ checked }) => checked),
      "distinct actions": actions.size,
      grants: Math.max(...reports.map((report) => report.grants.length)),
      "unused, each explained": unusedGrants(reports).length,
      findings: sum(({ findings, denied }) => findings.length + denied.length),
    });
    expect(iamProblems(reports, UNUSED)).toEqual([]);
  });
});
