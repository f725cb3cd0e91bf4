import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { CHECKSUM_ALGORITHMS, createDigest } from "../../../local/services/s3/body/checksums.ts";
import { crc32c } from "../../../local/services/s3/body/crc32c.ts";
import { crc64nvme } from "../../../local/services/s3/body/crc64nvme.ts";

const digits = Buffer.from("123456789");

// Check values of the catalogue at https://reveng.sourceforge.io/crc-catalogue/ (CRC-32/ISCSI, CRC-64/NVME).
test("the check values of the CRC catalogue are met", () => {
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc64nvme(digits)).toEqual({ high: 0xae8b1486, low: 0x0a799888 });
});

test("32 zero bytes give the CRC-32C of RFC 3720 section B.4", () => {
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
});

/** One bit at a time, as the definition says. */
function slowCrc64(bytes: Uint8Array): bigint {
  let crc = 0xffffffffffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ 0x9a6c9329ac4bc9b5n : crc >> 1n;
  }
  return crc ^ 0xffffffffffffffffn;
}

property.prop([fc.uint8Array({ maxLength: 300 })])("the table CRC-64 equals the bitwise one", (bytes) => {
  const { high, low } = crc64nvme(bytes);
  expect((BigInt(high) << 32n) | BigInt(low)).toBe(slowCrc64(bytes));
});

for (const algorithm of CHECKSUM_ALGORITHMS) {
  property.prop([fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })])(
    `${algorithm} does not depend on how the bytes are cut`,
    (parts) => {
      const whole = createDigest(algorithm);
      whole.update(Buffer.concat(parts));
      const cut = createDigest(algorithm);
      for (const part of parts) cut.update(part);
      expect(cut.finish()).toEqual(whole.finish());
    },
  );
}
