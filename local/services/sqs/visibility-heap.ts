/** An entry of the heap: a message and the moment from which it may be received. */
export interface HeapEntry {
  readonly id: string;
  readonly visibleAtMillis: number;
  readonly sequence: number;
}

/** A binary min-heap of messages by the moment they become visible, then by their order of arrival. */
export class VisibilityHeap {
  readonly #entries: HeapEntry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The entry that becomes visible first. */
  peek(): HeapEntry | undefined {
    return this.#entries[0];
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** Keeps only the entries that pass, in any order of testing. */
  retain(keep: (entry: HeapEntry) => boolean): void {
    const kept = this.#entries.filter(keep);
    this.clear();
    for (const entry of kept) this.push(entry);
  }

  push(entry: HeapEntry): void {
    const entries = this.#entries;
    let index = entries.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex];
      if (parent === undefined || !before(entry, parent)) break;
      entries[index] = parent;
      index = parentIndex;
    }
    entries[index] = entry;
  }

  /** Takes out the entry that becomes visible first. */
  pop(): HeapEntry | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (top === undefined || last === undefined || entries.length === 0) return top;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      let child = entries[childIndex];
      if (child === undefined) break;
      const right = entries[childIndex + 1];
      if (right !== undefined && before(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!before(child, last)) break;
      entries[index] = child;
      index = childIndex;
    }
    entries[index] = last;
    return top;
  }
}

function before(a: HeapEntry, b: HeapEntry): boolean {
  return a.visibleAtMillis < b.visibleAtMillis || (a.visibleAtMillis === b.visibleAtMillis && a.sequence < b.sequence);
}
