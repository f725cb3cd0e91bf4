const MAX_VALUES = 200_000;
const FILL = 0.5;

/**
 * Counts distinct values among the first 200,000 by a 53-bit hash, in at most 4 MiB. Two values among so many share a hash with a
 * chance of about 2e-6, and then one value is counted too few.
 */
export class DistinctCounter {
  /** Values that were counted; further ones are ignored. */
  seen = 0;
  /** Different values among them. */
  distinct = 0;
  private slots = new Float64Array(1024).fill(-1);

  /** Whether further values are ignored. */
  get isFull(): boolean {
    return this.seen >= MAX_VALUES;
  }

  /** Counts a value by its hash as a fraction in [0, 1). */
  add(fraction: number): void {
    if (this.isFull) return;
    this.seen++;
    if (!this.insert(fraction)) return;
    this.distinct++;
    if (this.distinct > this.slots.length * FILL) this.grow();
  }

  private insert(fraction: number): boolean {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = Math.floor(fraction * slots.length);
    for (;;) {
      const held = slots[slot] as number;
      if (held === fraction) return false;
      if (held < 0) {
        slots[slot] = fraction;
        return true;
      }
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Float64Array(old.length * 2).fill(-1);
    for (const fraction of old) if (fraction >= 0) this.insert(fraction);
  }
}
