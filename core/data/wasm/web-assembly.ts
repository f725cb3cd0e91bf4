/** Memory of a module instance. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB; the buffer is another one afterwards. */
  grow(pages: number): number;
}

/** A variable that a module exports. */
export interface WasmGlobal {
  value: number;
}

/** The part of the WebAssembly interface (https://webassembly.github.io/spec/js-api/) that the kernel uses; the ES library has no types for it. */
interface WebAssemblyInterface {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
}

/** The platform's WebAssembly. */
export const webAssembly: WebAssemblyInterface = Reflect.get(globalThis, "WebAssembly");
