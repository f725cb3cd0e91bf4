import {
  paginateListAWSDefaultServiceQuotas,
  paginateListServiceQuotas,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { type Check, failedCall, ok, problem } from "./check.ts";
import type { ClientSettings } from "./client-settings.ts";
import type { NeededQuota } from "./needed-quotas.ts";

interface Quota {
  readonly value: number;
  readonly code: string;
}

/** Whether SageMaker's quotas of the account allow what the definitions ask for; one line for each quota. */
export async function checkQuotas(settings: ClientSettings, needed: readonly NeededQuota[]): Promise<Check[]> {
  if (needed.length === 0) return [ok("quotas", "no model is defined, so none is needed yet")];
  let quotas: ReadonlyMap<string, Quota>;
  try {
    quotas = await readQuotas(settings);
  } catch (error) {
    return [failedCall("quotas", "servicequotas:ListServiceQuotas", error)];
  }
  return needed.map((need) => judge(settings.region, need, quotas.get(need.quotaName)));
}

/** The values that apply, by name: the account's own where there is one, else AWS's default. */
async function readQuotas(settings: ClientSettings): Promise<ReadonlyMap<string, Quota>> {
  const client = new ServiceQuotasClient(settings);
  const quotas = new Map<string, Quota>();
  try {
    for (const list of [paginateListAWSDefaultServiceQuotas, paginateListServiceQuotas]) {
      for await (const page of list({ client, pageSize: 100 }, { ServiceCode: "sagemaker" })) {
        for (const { QuotaName, QuotaCode, Value } of page.Quotas ?? []) {
          if (QuotaName !== undefined) quotas.set(QuotaName, { value: Value ?? 0, code: QuotaCode ?? "" });
        }
      }
    }
    return quotas;
  } finally {
    client.destroy();
  }
}

function judge(region: string, need: NeededQuota, quota: Quota | undefined): Check {
  const name = `quota ${need.quotaName}`;
  if (quota === undefined) {
    return problem(name, `AWS has no such quota in ${region}`, "Choose an instance type that the region has.");
  }
  const request = `aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code ${quota.code} --desired-value ${need.comfortable} --region ${region}`;
  if (quota.value < need.atLeast) return problem(name, `${quota.value}, ${need.atLeast} is needed`, request);
  if (quota.value < need.comfortable) {
    return { ...ok(name, `${quota.value}; models wait for each other below ${need.comfortable}`), advice: request };
  }
  return ok(name, `${quota.value}, ${need.comfortable} is needed`);
}
