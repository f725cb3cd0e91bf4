import { createRandom } from "../statistics/random.ts";
import type { SampleRow } from "./survey.ts";

/** Rows that the sample holds. */
export const SAMPLE_ROWS = 10_000;

/**
 * A uniform random sample of rows in one pass (Vitter 1985, algorithm R, https://doi.org/10.1145/3147.3165).
 * Seeded, so the same file always gives the same sample.
 */
export class RowSample {
  private readonly random = createRandom("definition-from-data");
  private readonly places: { row: number; cells: SampleRow }[] = [];
  private seen = 0;

  /** Offers a row; `cells` is called only when the row is taken. */
  offer(cells: () => SampleRow): void {
    const row = this.seen++;
    if (row < SAMPLE_ROWS) {
      this.places.push({ row, cells: cells() });
      return;
    }
    const place = Math.floor(this.random.uniform() * this.seen);
    if (place < SAMPLE_ROWS) this.places[place] = { row, cells: cells() };
  }

  /** The rows in the order of the file; all have the given number of cells. */
  rows(columns: number): SampleRow[] {
    return [...this.places]
      .sort((a, b) => a.row - b.row)
      .map(({ cells }) => Array.from({ length: columns }, (_, index) => cells[index] ?? null));
  }
}
