/** `value` × `numerator` / `denominator` for whole numbers of at least 0, rounded half up; exact below 2^52. */
export function multiplyFraction(value: number, numerator: number, denominator: number): number {
  const doubled = 2 * value * numerator + denominator;
  return (doubled - (doubled % (2 * denominator))) / (2 * denominator);
}
