/** How long a chunk gets before it is split in two. */
const MAX_CHUNK = 512;

/** A list that keeps its elements in order of their positions; insertion and removal cost about the square root of its length. */
export class SortedList<T extends P, P = T> {
  readonly #compare: (a: P, b: P) => number;
  readonly #chunks: T[][] = [];
  #length = 0;

  constructor(compare: (a: P, b: P) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#length;
  }

  /** Inserts, or replaces the element that compares equal. */
  put(element: T): void {
    const position = this.#find(element);
    const chunk = this.#chunks[position.chunk];
    if (chunk === undefined) {
      // Behind everything: at the end of the last chunk.
      const last = this.#chunks.at(-1);
      if (last === undefined) this.#chunks.push([element]);
      else {
        last.push(element);
        this.#split(this.#chunks.length - 1, last);
      }
      this.#length += 1;
      return;
    }
    const existing = chunk[position.index];
    if (existing !== undefined && this.#compare(existing, element) === 0) {
      chunk[position.index] = element;
      return;
    }
    chunk.splice(position.index, 0, element);
    this.#length += 1;
    this.#split(position.chunk, chunk);
  }

  /** Removes the element at the position, if there is one. */
  delete(element: P): boolean {
    const position = this.#find(element);
    const chunk = this.#chunks[position.chunk];
    const existing = chunk?.[position.index];
    if (chunk === undefined || existing === undefined || this.#compare(existing, element) !== 0) return false;
    chunk.splice(position.index, 1);
    if (chunk.length === 0) this.#chunks.splice(position.chunk, 1);
    this.#length -= 1;
    return true;
  }

  /**
   * Walks the elements in order from the first for which `isBefore` is false. `isBefore` must be true for a beginning
   * of the list and false for the rest.
   */
  *from(isBefore: (element: T) => boolean = () => false): Generator<T> {
    const start = this.#firstNot(isBefore);
    for (let chunkIndex = start.chunk; chunkIndex < this.#chunks.length; chunkIndex += 1) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      for (let index = chunkIndex === start.chunk ? start.index : 0; index < chunk.length; index += 1) {
        yield chunk[index] as T;
      }
    }
  }

  /** Walks the elements backwards from the last for which `isBefore` is true. */
  *backFrom(isBefore: (element: T) => boolean = () => true): Generator<T> {
    const end = this.#firstNot(isBefore);
    for (let chunkIndex = Math.min(end.chunk, this.#chunks.length - 1); chunkIndex >= 0; chunkIndex -= 1) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      for (let index = chunkIndex === end.chunk ? end.index - 1 : chunk.length - 1; index >= 0; index -= 1) {
        yield chunk[index] as T;
      }
    }
  }

  #find(element: P): { chunk: number; index: number } {
    return this.#firstNot((other) => this.#compare(other, element) < 0);
  }

  /** The first position for which `isBefore` is false, by two binary searches. */
  #firstNot(isBefore: (element: T) => boolean): { chunk: number; index: number } {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && isBefore(last)) low = middle + 1;
      else high = middle;
    }
    const chunk = this.#chunks[low] ?? [];
    let first = 0;
    let end = chunk.length;
    while (first < end) {
      const middle = (first + end) >>> 1;
      if (isBefore(chunk[middle] as T)) first = middle + 1;
      else end = middle;
    }
    return { chunk: low, index: first };
  }

  #split(chunkIndex: number, chunk: T[]): void {
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(chunk.length >>> 1));
  }
}
