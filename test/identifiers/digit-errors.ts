/** Every text that differs from `text` in exactly one digit of `[start, end)`. */
export function* singleDigitChanges(text: string, start = 0, end = text.length): Generator<string> {
  for (let index = start; index < end; index++) {
    for (let digit = 0; digit <= 9; digit++) {
      if (text[index] !== String(digit)) yield `${text.slice(0, index)}${digit}${text.slice(index + 1)}`;
    }
  }
}

/** Every text with two different neighbouring digits of `[start, end)` exchanged. */
export function* neighbourSwaps(text: string, start = 0, end = text.length): Generator<string> {
  for (let index = start; index + 1 < end; index++) {
    if (text[index] !== text[index + 1]) {
      yield `${text.slice(0, index)}${text[index + 1]}${text[index]}${text.slice(index + 2)}`;
    }
  }
}
