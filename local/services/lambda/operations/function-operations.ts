import { randomUUID } from "node:crypto";
import { AwsError } from "../../../kernel/aws-error.ts";
import type { Operation } from "../../../kernel/cloud.ts";
import type { CodeStore } from "../code/code-store.ts";
import { configurationOf, settingsOf } from "../configuration.ts";
import { conflict, invalidParameter, notFound, unsupported } from "../errors.ts";
import { functionArn, parseFunctionName } from "../function-name.ts";
import { type FunctionStore, LATEST, type StoredFunction } from "../function-store.ts";
import type { Executor } from "../runtime/executor.ts";
import { publishVersion } from "./version-operations.ts";

/** Lambda writes times with a numeric zone, not with `Z`. */
export const lambdaTime = (millis: number): string => new Date(millis).toISOString().replace("Z", "+0000");

function checkRevision(fn: StoredFunction, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === fn.revisionId) return;
  throw new AwsError(
    "PreconditionFailedException",
    412,
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    { Type: "User" },
  );
}

/** Creating, reading, changing and deleting functions. */
export function functionOperations(
  store: FunctionStore,
  code: CodeStore,
  executor: Executor,
): Record<string, Operation> {
  const { cloud } = store;
  const latest = (text: string): StoredFunction => {
    const { name, qualifier } = parseFunctionName(text);
    if (qualifier !== undefined && qualifier !== LATEST) {
      throw invalidParameter(`This operation takes the unpublished version only, not ${qualifier}.`);
    }
    return store.find(name);
  };
  const change = (fn: StoredFunction, more: Partial<StoredFunction>): StoredFunction => {
    const changed = { ...fn, ...more, lastModified: lambdaTime(cloud.now()), revisionId: randomUUID() };
    store.save(changed);
    executor.retire(fn.name, LATEST, changed.revisionId);
    return changed;
  };
  return {
    async CreateFunction(input) {
      const { name, qualifier } = parseFunctionName(input.FunctionName);
      if (qualifier !== undefined) throw invalidParameter("A new function's name takes no qualifier.");
      if (name.length > 64) throw invalidParameter(`Function name ${name} is longer than 64 characters.`);
      if (store.functions.has(`${name}:${LATEST}`)) throw conflict(`Function already exist: ${name}`);
      if (input.PackageType === "Image") throw unsupported("PackageType Image");
      if (input.CodeSigningConfigArn !== undefined) throw unsupported("CodeSigningConfigArn");
      if (input.DurableConfig !== undefined) throw unsupported("DurableConfig");
      if (input.CapacityProviderConfig !== undefined) throw unsupported("CapacityProviderConfig");
      if (input.TenancyConfig !== undefined) throw unsupported("TenancyConfig");
      const settings = settingsOf(name, input);
      const stored = await code.store(input.Code);
      if (store.functions.has(`${name}:${LATEST}`)) throw conflict(`Function already exist: ${name}`);
      store.attachments.set(name, { tags: input.Tags ?? {}, lastVersion: 0, policies: {} });
      const fn = store.save({
        ...settings,
        name,
        version: LATEST,
        architectures: input.Architectures ?? ["x86_64"],
        codeSha256: stored.sha256,
        codeSizeBytes: stored.sizeBytes,
        lastModified: lambdaTime(cloud.now()),
        revisionId: randomUUID(),
      });
      return configurationOf(cloud, input.Publish === true ? publishVersion(store, fn, undefined) : fn);
    },
    GetFunction(input) {
      const { qualifier, name } = parseFunctionName(input.FunctionName, input.Qualifier);
      const fn = store.find(name, qualifier);
      const { tags, reservedConcurrency } = store.attached(name);
      return {
        Configuration: configurationOf(cloud, fn, qualifier),
        Code: { RepositoryType: "S3" },
        Tags: Object.keys(tags).length === 0 ? undefined : tags,
        Concurrency:
          reservedConcurrency === undefined ? undefined : { ReservedConcurrentExecutions: reservedConcurrency },
      };
    },
    GetFunctionConfiguration(input) {
      const { qualifier, name } = parseFunctionName(input.FunctionName, input.Qualifier);
      return configurationOf(cloud, store.find(name, qualifier), qualifier);
    },
    async UpdateFunctionCode(input) {
      const fn = latest(input.FunctionName);
      checkRevision(fn, input.RevisionId);
      const stored = await code.store(input);
      const next = {
        ...fn,
        codeSha256: stored.sha256,
        codeSizeBytes: stored.sizeBytes,
        architectures: input.Architectures ?? fn.architectures,
      };
      if (input.DryRun === true) return configurationOf(cloud, next);
      const changed = change(store.find(fn.name), next);
      return configurationOf(cloud, input.Publish === true ? publishVersion(store, changed, undefined) : changed);
    },
    UpdateFunctionConfiguration(input) {
      const fn = latest(input.FunctionName);
      checkRevision(fn, input.RevisionId);
      return configurationOf(cloud, change(fn, settingsOf(fn.name, input, fn)));
    },
    DeleteFunction(input) {
      const { name, qualifier } = parseFunctionName(input.FunctionName, input.Qualifier);
      if (qualifier !== undefined && qualifier !== LATEST) {
        const version = store.find(name, qualifier);
        const alias = [...store.aliases.values()].find(
          (candidate) => candidate.functionName === name && candidate.version === version.version,
        );
        if (alias !== undefined) {
          throw conflict(
            `Version ${version.version} cannot be deleted because the following aliases reference it: ${alias.name}`,
          );
        }
        store.functions.delete(`${name}:${version.version}`);
        executor.retire(name, version.version, undefined);
        return { StatusCode: 204 };
      }
      if (!store.functions.has(`${name}:${LATEST}`)) throw notFound(`Function not found: ${functionArn(cloud, name)}`);
      for (const fn of store.versionsOf(name)) {
        store.functions.delete(`${name}:${fn.version}`);
        executor.retire(name, fn.version, undefined);
      }
      for (const table of [store.aliases, store.invokeConfigs]) {
        for (const key of [...table.keys()]) if (key.startsWith(`${name}:`)) table.delete(key);
      }
      store.attachments.delete(name);
      return { StatusCode: 204 };
    },
    ListFunctions(input) {
      const all = [...store.functions.values()]
        .filter((fn) => input.FunctionVersion === "ALL" || fn.version === LATEST)
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
      const start = input.Marker === undefined ? 0 : Number(input.Marker);
      const page = all.slice(start, start + (input.MaxItems ?? 50));
      const end = start + page.length;
      return {
        Functions: page.map((fn) => configurationOf(cloud, fn, fn.version === LATEST ? undefined : fn.version)),
        NextMarker: end < all.length ? String(end) : undefined,
      };
    },
    GetAccountSettings() {
      const functions = [...store.functions.values()];
      return {
        AccountLimit: {
          TotalCodeSize: 80_530_636_800,
          CodeSizeUnzipped: 262_144_000,
          CodeSizeZipped: 52_428_800,
          ConcurrentExecutions: 1_000,
          UnreservedConcurrentExecutions: 1_000,
        },
        AccountUsage: {
          TotalCodeSize: functions.reduce((sum, fn) => sum + fn.codeSizeBytes, 0),
          FunctionCount: functions.filter((fn) => fn.version === LATEST).length,
        },
      };
    },
  };
}
