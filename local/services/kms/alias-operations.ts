import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { type KmsStore, keyOf } from "./store.ts";

/** Names for keys: `alias/<name>`. */
export function aliasOperations(store: KmsStore): Record<string, Operation> {
  const { cloud, aliases } = store;
  const arnOf = (aliasName: string): string =>
    `arn:${cloud.partition}:kms:${cloud.region}:${cloud.accountId}:${aliasName}`;

  return {
    CreateAlias(input: { AliasName: string; TargetKeyId: string }) {
      if (!input.AliasName.startsWith("alias/") || input.AliasName.startsWith("alias/aws/")) {
        throw new AwsError(
          "InvalidAliasNameException",
          400,
          "Alias must start with the prefix 'alias/', but not 'alias/aws/'",
        );
      }
      if (aliases.has(input.AliasName)) {
        throw new AwsError(
          "AlreadyExistsException",
          400,
          `An alias with the name ${arnOf(input.AliasName)} already exists`,
        );
      }
      const nowMillis = cloud.now();
      aliases.set(input.AliasName, {
        aliasName: input.AliasName,
        keyId: keyOf(store, input.TargetKeyId).keyId,
        createdMillis: nowMillis,
        updatedMillis: nowMillis,
      });
      return {};
    },
    UpdateAlias(input: { AliasName: string; TargetKeyId: string }) {
      const alias = aliases.get(input.AliasName);
      if (!alias) throw new AwsError("NotFoundException", 400, `Alias ${arnOf(input.AliasName)} is not found.`);
      const { keyId } = keyOf(store, input.TargetKeyId);
      aliases.set(input.AliasName, { ...alias, keyId, updatedMillis: cloud.now() });
      return {};
    },
    DeleteAlias(input: { AliasName: string }) {
      if (!aliases.delete(input.AliasName)) {
        throw new AwsError("NotFoundException", 400, `Alias ${arnOf(input.AliasName)} is not found.`);
      }
      return {};
    },
    ListAliases(input: { KeyId?: string }) {
      const keyId = input.KeyId === undefined ? undefined : keyOf(store, input.KeyId).keyId;
      const found = [...aliases.values()].filter((alias) => keyId === undefined || alias.keyId === keyId);
      return {
        Aliases: found.map((alias) => ({
          AliasName: alias.aliasName,
          AliasArn: arnOf(alias.aliasName),
          TargetKeyId: alias.keyId,
          CreationDate: new Date(alias.createdMillis),
          LastUpdatedDate: new Date(alias.updatedMillis),
        })),
        Truncated: false,
      };
    },
  };
}
