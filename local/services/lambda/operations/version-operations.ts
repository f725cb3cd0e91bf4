import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Operation } from "../../../kernel/cloud.ts";
import { configurationOf } from "../configuration.ts";
import { conflict, invalidParameter, notFound, unsupported } from "../errors.ts";
import { functionArn, parseFunctionName } from "../function-name.ts";
import type { FunctionStore, StoredAlias, StoredFunction } from "../function-store.ts";

/** Makes the unpublished version's state a numbered version; gives the last one when nothing changed since. */
export function publishVersion(
  store: FunctionStore,
  fn: StoredFunction,
  description: string | undefined,
): StoredFunction {
  const attached = store.attached(fn.name);
  const previous = store.functions.get(`${fn.name}:${attached.lastVersion}`);
  if (previous !== undefined && previous.codeSha256 === fn.codeSha256 && sameConfiguration(previous, fn))
    return previous;
  const number = attached.lastVersion + 1;
  store.attachments.set(fn.name, { ...attached, lastVersion: number });
  return store.save({
    ...fn,
    version: String(number),
    description: description ?? fn.description,
    revisionId: randomUUID(),
  });
}

function sameConfiguration(a: StoredFunction, b: StoredFunction): boolean {
  const essence = (fn: StoredFunction): object => ({
    ...fn,
    version: "",
    description: "",
    lastModified: "",
    revisionId: "",
  });
  return isDeepStrictEqual(essence(a), essence(b));
}

/** Versions and aliases. */
export function versionOperations(store: FunctionStore): Record<string, Operation> {
  const { cloud } = store;
  const describe = (alias: StoredAlias): object => ({
    AliasArn: functionArn(cloud, alias.functionName, alias.name),
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
  });
  const findAlias = (functionName: string, name: string): StoredAlias => {
    const { name: owner } = parseFunctionName(functionName);
    store.find(owner);
    const alias = store.aliases.get(`${owner}:${name}`);
    if (alias === undefined) throw notFound(`Alias not found: ${functionArn(cloud, owner, name)}`);
    return alias;
  };
  return {
    PublishVersion(input) {
      const fn = store.find(parseFunctionName(input.FunctionName).name);
      if (input.CodeSha256 !== undefined && input.CodeSha256 !== fn.codeSha256) {
        throw invalidParameter(
          `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${fn.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
        );
      }
      return configurationOf(cloud, publishVersion(store, fn, input.Description));
    },
    ListVersionsByFunction(input) {
      const { name } = store.find(parseFunctionName(input.FunctionName).name);
      return { Versions: store.versionsOf(name).map((fn) => configurationOf(cloud, fn, fn.version)) };
    },
    CreateAlias(input) {
      const { name: functionName } = store.find(parseFunctionName(input.FunctionName).name);
      if (input.RoutingConfig !== undefined) throw unsupported("RoutingConfig of an alias");
      if (store.aliases.has(`${functionName}:${input.Name}`)) {
        throw conflict(`Alias already exists: ${functionArn(cloud, functionName, input.Name)}`);
      }
      const { version } = store.find(functionName, input.FunctionVersion);
      const alias: StoredAlias = {
        functionName,
        name: input.Name,
        version,
        description: input.Description ?? "",
        revisionId: randomUUID(),
      };
      store.aliases.set(`${functionName}:${alias.name}`, alias);
      return describe(alias);
    },
    UpdateAlias(input) {
      const alias = findAlias(input.FunctionName, input.Name);
      if (input.RoutingConfig !== undefined) throw unsupported("RoutingConfig of an alias");
      const version =
        input.FunctionVersion === undefined
          ? alias.version
          : store.find(alias.functionName, input.FunctionVersion).version;
      const changed = {
        ...alias,
        version,
        description: input.Description ?? alias.description,
        revisionId: randomUUID(),
      };
      store.aliases.set(`${alias.functionName}:${alias.name}`, changed);
      return describe(changed);
    },
    GetAlias: (input) => describe(findAlias(input.FunctionName, input.Name)),
    DeleteAlias(input) {
      const { name } = store.find(parseFunctionName(input.FunctionName).name);
      store.aliases.delete(`${name}:${input.Name}`);
      return {};
    },
    ListAliases(input) {
      const { name } = store.find(parseFunctionName(input.FunctionName).name);
      const aliases = [...store.aliases.values()].filter(
        (alias) =>
          alias.functionName === name &&
          (input.FunctionVersion === undefined || alias.version === input.FunctionVersion),
      );
      return { Aliases: aliases.map(describe) };
    },
  };
}
