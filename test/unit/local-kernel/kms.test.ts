import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKms } from "../../../local/services/kms/index.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

let test: TestCloud;
let keyId: string;
beforeEach(async () => {
  test = await createTestCloud({ services: [createKms] });
  keyId = (await test.cloud.call("kms", "CreateKey", {})).KeyMetadata.KeyId;
});
afterEach(async () => {
  await test.stop();
});

const Plaintext = Buffer.from("secret");
const EncryptionContext = { table: "registry", item: "1" };
const encrypt = async (): Promise<Uint8Array> =>
  (await test.cloud.call("kms", "Encrypt", { KeyId: keyId, Plaintext, EncryptionContext })).CiphertextBlob;

describe("KMS", () => {
  it("decrypts what it encrypted, with the same context in any order, also after a restart", async () => {
    const CiphertextBlob = await encrypt();
    expect(Buffer.from(CiphertextBlob).includes("secret")).toBe(false);
    const again = await createTestCloud({ services: [createKms], stateDirectory: test.stateDirectory });
    const opened = await again.cloud.call("kms", "Decrypt", {
      CiphertextBlob,
      EncryptionContext: { item: "1", table: "registry" },
    });
    expect(Buffer.from(opened.Plaintext).toString()).toBe("secret");
    await again.stop();
  });

  it("refuses another context, changed bytes and foreign bytes", async () => {
    const CiphertextBlob = await encrypt();
    const changed = Buffer.from(CiphertextBlob);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    for (const input of [
      { CiphertextBlob },
      { CiphertextBlob: changed, EncryptionContext },
      { CiphertextBlob: Buffer.from("foreign") },
    ]) {
      await expect(test.cloud.call("kms", "Decrypt", input)).rejects.toMatchObject({
        code: "InvalidCiphertextException",
      });
    }
  });

  it("finds keys by id, ARN, alias and alias ARN", async () => {
    await test.cloud.call("kms", "CreateAlias", { AliasName: "alias/a", TargetKeyId: keyId });
    const arn = `arn:aws:kms:us-east-1:000000000000:key/${keyId}`;
    for (const KeyId of [keyId, arn, "alias/a", "arn:aws:kms:us-east-1:000000000000:alias/a"]) {
      expect((await test.cloud.call("kms", "DescribeKey", { KeyId })).KeyMetadata.Arn).toBe(arn);
    }
  });

  it("does not use keys that are disabled or wait for their deletion", async () => {
    await test.cloud.call("kms", "DisableKey", { KeyId: keyId });
    await expect(encrypt()).rejects.toMatchObject({ code: "DisabledException" });
    await test.cloud.call("kms", "ScheduleKeyDeletion", { KeyId: keyId, PendingWindowInDays: 7 });
    await expect(encrypt()).rejects.toMatchObject({ code: "KMSInvalidStateException" });
  });

  it("gives data keys that it can open again", async () => {
    const dataKey = await test.cloud.call("kms", "GenerateDataKey", { KeyId: keyId, KeySpec: "AES_256" });
    const opened = await test.cloud.call("kms", "Decrypt", { CiphertextBlob: dataKey.CiphertextBlob });
    expect(opened.Plaintext).toEqual(dataKey.Plaintext);
    expect(dataKey.Plaintext).toHaveLength(32);
  });

  it("names the kinds of keys it does not have", async () => {
    await expect(test.cloud.call("kms", "CreateKey", { KeySpec: "RSA_2048" })).rejects.toThrow("KeySpec RSA_2048");
  });
});
