/** Values of one feature and the target of the same rows; a missing value is empty text. */
export interface FeatureAndTarget {
  values: readonly string[];
  targets: readonly string[];
  isNumber: boolean;
}

/**
 * Share of the target's variation that one feature alone explains on rows that it has not seen (two-fold: even and odd rows take turns), 0 to 1.
 * Numbers predict by the nearest value, other features by what their level mostly has, missing values are a level. For classes it is
 * 1 - errors / errors of always saying the most frequent class, for numbers 1 - squared errors / squared deviations.
 * An identifier explains nothing here, because its levels are new in the other half.
 */
export function oneFeatureSkill(data: FeatureAndTarget, isRegression: boolean): number {
  let errors = 0;
  let baseline = 0;
  for (const parity of [0, 1]) {
    const train = rowsOf(data, parity);
    const test = rowsOf(data, 1 - parity);
    const usual = isRegression ? String(meanOf(train.targets)) : mostFrequent(train.targets);
    const predict = predictor(train, isRegression, usual);
    for (const [index, target] of test.targets.entries()) {
      const guess = predict(test.values[index] ?? "");
      errors += isRegression ? (Number(guess) - Number(target)) ** 2 : Number(guess !== target);
      baseline += isRegression ? (Number(usual) - Number(target)) ** 2 : Number(usual !== target);
    }
  }
  return baseline === 0 ? 0 : Math.max(0, 1 - errors / baseline);
}

function rowsOf({ values, targets, isNumber }: FeatureAndTarget, parity: number): FeatureAndTarget {
  const mine = (_: string, index: number) => index % 2 === parity;
  return { values: values.filter(mine), targets: targets.filter(mine), isNumber };
}

function predictor(train: FeatureAndTarget, isRegression: boolean, usual: string): (value: string) => string {
  const byLevel = new Map<string, string[]>();
  for (const [index, value] of train.values.entries()) {
    const list = byLevel.get(value);
    if (list === undefined) byLevel.set(value, [train.targets[index] ?? ""]);
    else list.push(train.targets[index] ?? "");
  }
  const answers = new Map<string, string>();
  for (const [value, targets] of byLevel) {
    answers.set(value, isRegression ? String(meanOf(targets)) : mostFrequent(targets));
  }
  if (!train.isNumber) return (value) => answers.get(value) ?? usual;
  const known = [...answers].filter(([value]) => value !== "").sort(([a], [b]) => Number(a) - Number(b));
  const numbers = known.map(([value]) => Number(value));
  return (value) => {
    const exact = answers.get(value);
    if (exact !== undefined || value === "" || numbers.length === 0) return exact ?? usual;
    const x = Number(value);
    let low = 0;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[middle] as number) < x) low = middle + 1;
      else high = middle;
    }
    const above = Math.min(low, numbers.length - 1);
    const below = Math.max(0, low - 1);
    const nearest = x - (numbers[below] as number) <= (numbers[above] as number) - x ? below : above;
    return known[nearest]?.[1] ?? usual;
  };
}

function meanOf(targets: readonly string[]): number {
  return targets.length === 0 ? 0 : targets.reduce((sum, target) => sum + Number(target), 0) / targets.length;
}

function mostFrequent(targets: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1);
  let best = "";
  let most = 0;
  for (const [target, count] of counts) {
    if (count > most || (count === most && target < best)) {
      best = target;
      most = count;
    }
  }
  return best;
}
