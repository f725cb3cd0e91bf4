import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseDefinition } from "../../../core/definition/parse.ts";
import { definitionYaml, proposeFromTable } from "../../../core/definition-from-data/index.ts";
import parquet from "../../fixtures/data/parquet.json" with { type: "json" };
import { memorySource, rawZstd, readBytes } from "../data-formats/support.ts";

const AIRPORTS = ["Oslo", "Bergen", "Tromsø"];

/** Flights: neither the day nor the number is different in every row, but both together are. */
function flights(count: number, repeated = 0): string {
  const rows = Array.from({ length: count }, (_, n) => {
    const i = n < repeated ? n + 1_000 : n;
    const day = new Date(Date.UTC(2024, 0, 1 + Math.floor(i / 20))).toISOString().slice(0, 10);
    const speed = ((n * 7_919) % 400) / 4;
    return `${day},XY${i % 20},${AIRPORTS[n % 3]},${speed},${(n * 31) % 100 < 40 ? "yes" : "no"}`;
  });
  return `day,flight,airport,speed,delayed\n${rows.join("\n")}\n`;
}

async function propose(name: string, bytes: Uint8Array, target = "delayed") {
  const proposal = await proposeFromTable(memorySource(name, bytes, 10_000), { name: "made", target });
  return { proposal, definition: parseDefinition(definitionYaml(proposal, name), "model.yaml") };
}

describe("a key of several columns", () => {
  it("is proposed when no single column is different in every row, and the columns stay features", async () => {
    const { definition, proposal } = await propose("a.csv", Buffer.from(flights(3_000)));
    expect(definition.data.key).toEqual(["day", "flight"]);
    expect(proposal.key.why).toContain("these together do");
    expect(Object.keys(definition.data.features)).toEqual(expect.arrayContaining(["flight", "airport"]));
    const { result } = await readBytes(definition, "a.csv", Buffer.from(flights(3_000)), 10_000);
    expect(result.reasons).toEqual([]);
  });

  it("may need three columns", async () => {
    const text = flights(3_000).replaceAll(
      /^([\d-]+),XY(\d+),/gm,
      (_, day, n) => `${day},XY${Number(n) % 10},G${Number(n) < 10 ? 1 : 2}-`,
    );
    const header = text.replace("day,flight,airport", "day,flight,gate");
    const { definition } = await propose("a.csv", Buffer.from(header));
    expect(definition.data.key).toEqual(["day", "flight", "gate"]);
  });

  it("is checked on the whole of a file that is larger than the sample", async () => {
    const good = await propose("a.csv", Buffer.from(flights(30_000)));
    expect(good.definition.data.key).toEqual(["day", "flight"]);
    // 60 of 30,000 rows repeat another row's key, one in 500; a sample of a third holds both rows of about seven, one in 1,500.
    const bad = await propose("a.csv", Buffer.from(flights(30_000, 60)));
    expect(bad.definition.data.key).not.toEqual(["day", "flight"]);
  });

  it("is not made of numbers that say how a row is, nor of categories alone", async () => {
    const rows = Array.from(
      { length: 400 },
      (_, n) =>
        `${(n * 37) % 399}.5,${(n * 11) % 397}.25,a${n % 20},b${Math.floor(n / 20)},${n % 3 === 0 ? "yes" : "no"}`,
    );
    const { definition } = await propose("a.csv", Buffer.from(`x,y,first,second,delayed\n${rows.join("\n")}\n`));
    expect(definition.data.key).toEqual([]);
  });
});

describe("init-model", () => {
  const text = flights(400);
  const plain = () => propose("a.csv", Buffer.from(text));

  it("proposes the same for the same rows, packed or not", async () => {
    const { definition } = await plain();
    expect((await propose("a.csv.gz", gzipSync(text))).definition).toEqual(definition);
    expect((await propose("a.csv.zst", rawZstd(Buffer.from(text), "right"))).definition).toEqual(definition);
  });

  it("reads Parquet, and what it proposes accepts the file", async () => {
    const bytes = Buffer.from(parquet["dictionary snappy"], "base64");
    const { definition } = await propose("strikes.parquet", bytes, "damage");
    expect(definition.data).toMatchObject({ format: "parquet", key: ["id"], time: "date" });
    expect(definition.data.features).toMatchObject({
      speed: { type: "number" },
      phase: { type: "category" },
      night: { type: "boolean" },
    });
    const { result } = await readBytes(
      { ...definition, data: { ...definition.data, minimumRows: 1 } },
      "a.parquet",
      bytes,
    );
    expect(result.reasons).toEqual([]);
  });

  it("says what is wrong with a file that cannot be read", async () => {
    const wrong = rawZstd(Buffer.from(text), "wrong");
    await expect(propose("a.csv.zst", wrong)).rejects.toMatchObject({ code: "input.invalid" });
    await expect(propose("a.csv.zst", wrong)).rejects.toThrow(/does not fit the checksum/);
    await expect(propose("a.csv", gzipSync(text))).rejects.toThrow(/gzip/);
    await expect(propose("a.parquet", Buffer.from("PAR1 and nothing else"))).rejects.toThrow(
      /Parquet file cannot be read/,
    );
  });
});
