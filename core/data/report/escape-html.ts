/** A text for HTML content and attributes in double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A number as people write it: at most four digits that count, thousands apart. */
export function shownNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "none";
  const isLarge = Math.abs(value) >= 1e9 || (value !== 0 && Math.abs(value) < 1e-4);
  if (isLarge) return value.toExponential(2);
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** A share as a percentage. */
export function shownShare(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${Number((share * 100).toFixed(1))} %`;
}
