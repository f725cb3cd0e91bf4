import { MlopsError } from "../../errors/mlops-error.ts";
import { KERNEL_BASE64 } from "./kernel.generated.ts";
import { type WasmGlobal, type WasmMemory, webAssembly } from "./web-assembly.ts";

/** What the module calls; see kernel/host.as. */
export interface KernelHost {
  accepts(cell: number, start: number, end: number): number;
  hostedCell(cell: number, start: number, end: number, out: number, json: number): number;
  oddNumber(cell: number, start: number, end: number): number;
  exactNumber(start: number, end: number): number;
  newLevel(cell: number, start: number, end: number, hash: number, slot: number): number;
  oddTime(cell: number, start: number, end: number): number;
  formatNumber(value: number, out: number): number;
  keyCell(index: number, start: number, end: number, out: number): number;
  rowKey(fraction: number, row: number, start: number, end: number): void;
  farValue(cell: number, value: number): void;
}

/** Variables of the module that the host sets or reads; see kernel/variables.as. */
export type KernelVariable =
  | "cells"
  | "cellCount"
  | "delimiter"
  | "powers"
  | "fives"
  | "fivesCount"
  | "masks"
  | "digitMoves"
  | "divisors"
  | "firstBuckets"
  | "uppers"
  | "lowestExponent"
  | "exponents"
  | "buckets"
  | "blockRows"
  | "batchRows"
  | "scratch"
  | "cellEnds"
  | "rowStarts"
  | "again"
  | "unknown"
  | "keyList"
  | "keyCount"
  | "keyBuffer"
  | "keyStarts"
  | "keyEnds"
  | "fractions"
  | "differs"
  | "alwaysDiffers"
  | "keyShare"
  | "keySlots"
  | "keySlotMask"
  | "keyLimit"
  | "keyExamples"
  | "keySize"
  | "keySampledRows"
  | "mayVary"
  | "featureList"
  | "featureCount"
  | "spanList"
  | "spanCount"
  | "target"
  | "countedList"
  | "countedCount"
  | "hostedFeatures"
  | "hostedFeatureCount"
  | "hostedOthers"
  | "hostedOtherCount"
  | "summedList"
  | "summedCount"
  | "timed"
  | "testShare"
  | "validationEnd"
  | "idStart"
  | "idStartLength"
  | "labelText"
  | "labelTextLength"
  | "featuresText"
  | "featuresTextLength"
  | "outputBound"
  | "outputGrowth"
  | "outTrain"
  | "outValidation"
  | "outTest"
  | "trainBuffer"
  | "validationBuffer"
  | "testBuffer"
  | "outputBytes"
  | "rowsTrain"
  | "rowsValidation"
  | "rowsTest"
  | "rows"
  | "stopped";

/** An instance of the module. */
export interface Kernel {
  memory: WasmMemory;
  run(from: number, end: number, firstRow: number, writes: number): number;
  /** Adds the numbers of the open block to the sums. */
  flush(): void;
  /** Writes pairs of number and count (u32) of a cell's buckets that are not empty to `out`; gives how many. */
  listBuckets(cell: number, out: number): number;
  variables: Record<KernelVariable, WasmGlobal>;
}

let compiled: object | undefined;

/** Makes an instance; the module is compiled once. It needs SIMD, which every supported Node.js has. */
export function createKernel(host: KernelHost): Kernel {
  compiled ??= new webAssembly.Module(Buffer.from(KERNEL_BASE64, "base64"));
  const { exports } = new webAssembly.Instance(compiled, {
    host: { ...host },
    env: {
      abort: () => {
        throw new MlopsError("internal.invariant", "the ingest kernel has aborted");
      },
    },
  });
  const { memory, run, flush, listBuckets, ...variables } = exports;
  return { memory, run, flush, listBuckets, variables } as Kernel;
}
