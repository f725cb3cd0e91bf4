import { validation } from "./errors.ts";

/** A decimal number: (-1)^negative x digits x 10^exponent; zero has the digits 0n and the exponent 0. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly exponent: number;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number */
const MAX_DIGITS = 38;
const MAX_MAGNITUDE = 125;
const MIN_MAGNITUDE = -130;
/** Added to the magnitude in sort tokens, so that it is positive and has three digits. */
const MAGNITUDE_BIAS = 500;

const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,36})$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * The canonical text of a number: plain decimal notation without leading or trailing zeros, as DynamoDB gives it back.
 * Throws ValidationException when it is no number, has more than 38 significant digits, or lies outside 1E-130 to 9.9E+125.
 * @example canonicalNumber("01.50e1") // "15"
 */
export function canonicalNumber(text: string): string {
  return PLAIN_INTEGER.test(text) ? text : format(parse(text));
}

/** The exact sum, in canonical text. Throws ValidationException when it does not fit. */
export function addNumbers(a: string, b: string): string {
  return format(checked(sum(parse(a), parse(b))));
}

/** The exact difference, in canonical text. Throws ValidationException when it does not fit. */
export function subtractNumbers(a: string, b: string): string {
  const right = parse(b);
  return format(checked(sum(parse(a), { ...right, negative: !right.negative })));
}

/**
 * A text that sorts as the number does, by code units: sign, then magnitude, then digits; for negative numbers all
 * complemented.
 */
export function numberSortToken(canonical: string): string {
  const { negative, digits, exponent } = parse(canonical);
  if (digits === 0n) return "1";
  const text = digits.toString();
  const magnitude = text.length + exponent + MAGNITUDE_BIAS;
  if (!negative) return `2${magnitude}${text}`;
  const complement = Array.from(text, (digit) => 9 - Number(digit)).join("");
  // A longer number of the same beginning is smaller when negative: the end mark sorts behind every digit.
  return `0${999 - magnitude}${complement}~`;
}

/** How many bytes DynamoDB counts for a number: about one for two digits, and one more, and one for the sign. */
export function numberSizeBytes(canonical: string): number {
  const { negative, digits } = parse(canonical);
  return digits === 0n ? 1 : Math.ceil(digits.toString().length / 2) + 1 + (negative ? 1 : 0);
}

function parse(text: string): Decimal {
  const match = NUMBER.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole.length + fraction.length === 0) {
    throw validation(
      text === ""
        ? "The parameter cannot be converted to a numeric value"
        : `The parameter cannot be converted to a numeric value: ${text}`,
    );
  }
  return checked(normalized(match[1] === "-", BigInt(whole + fraction), Number(match[4] ?? "0") - fraction.length));
}

function normalized(negative: boolean, digits: bigint, exponent: number): Decimal {
  if (digits === 0n) return { negative: false, digits, exponent: 0 };
  const text = digits.toString();
  const kept = text.replace(/0+$/, "");
  return { negative, digits: BigInt(kept), exponent: exponent + text.length - kept.length };
}

function checked(decimal: Decimal): Decimal {
  if (decimal.digits === 0n) return decimal;
  const length = decimal.digits.toString().length;
  const magnitude = length + decimal.exponent - 1;
  if (magnitude > MAX_MAGNITUDE) {
    throw validation("Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (magnitude < MIN_MAGNITUDE) {
    throw validation("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  if (length > MAX_DIGITS) {
    throw validation("Attempting to store more than 38 significant digits in a Number");
  }
  return decimal;
}

function sum(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (value: Decimal): bigint => {
    const digits = value.digits * 10n ** BigInt(value.exponent - exponent);
    return value.negative ? -digits : digits;
  };
  const total = scaled(a) + scaled(b);
  return normalized(total < 0n, total < 0n ? -total : total, exponent);
}

function format({ negative, digits, exponent }: Decimal): string {
  const text = digits.toString();
  const sign = negative ? "-" : "";
  if (exponent >= 0) return sign + text + "0".repeat(exponent);
  const point = text.length + exponent;
  return point > 0 ? `${sign}${text.slice(0, point)}.${text.slice(point)}` : `${sign}0.${"0".repeat(-point)}${text}`;
}
