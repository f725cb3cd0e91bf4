import xxhash from "xxhash-wasm";
import { MlopsError } from "../../errors/mlops-error.ts";

type Api = Awaited<ReturnType<typeof xxhash>>;

let api: Api | undefined;

/** Makes the hash ready; to be awaited once before {@link startXxh64}. */
export async function loadXxh64(): Promise<void> {
  api ??= await xxhash();
}

/** A hash of bytes that come piece by piece. */
export interface Xxh64 {
  update(bytes: Uint8Array): void;
  /** The low 32 bits of the hash so far, as zstd stores them (RFC 8878, 3.1.1). */
  low32(): number;
}

/**
 * Begins an XXH64 with seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). Memory is constant.
 *
 * @throws MlopsError `internal.invariant` before {@link loadXxh64}
 */
export function startXxh64(): Xxh64 {
  if (api === undefined) throw new MlopsError("internal.invariant", "xxh64 is used before it is loaded");
  const hash = api.create64();
  return {
    update: (bytes) => void hash.update(bytes),
    low32: () => Number(hash.digest() & 0xffff_ffffn),
  };
}
