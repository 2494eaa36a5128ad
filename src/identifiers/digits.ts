const ZERO = 48;
const ZEROS = "0".repeat(12);

/** The number written by the decimal digits in `text[start, end)`, at most nine of them; -1 when one is not an ASCII digit. */
export function readDigits(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether all of `text` is ASCII digits, and there is at least one. Other scripts' digits are not digits here. */
export function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return false;
  }
  return text.length > 0;
}

/** `value` in decimal with leading zeros up to `width`, at most 12; identifiers never lose them. */
export function padDigits(value: number, width: number): string {
  const digits = String(value);
  return digits.length < width ? ZEROS.slice(digits.length - width) + digits : digits;
}
