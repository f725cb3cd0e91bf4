/**
 * Holm's step-down adjusted p-values, in the order of the input; reject where the adjusted value is at most alpha and
 * the chance of any false rejection is at most alpha, whatever the dependence.
 * Source: Holm 1979, https://www.jstor.org/stable/4615733
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[index] as number)));
    adjusted[index] = largest;
  });
  return adjusted;
}
