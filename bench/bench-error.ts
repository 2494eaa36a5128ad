/** A benchmark cannot give figures; the message is a sentence for whoever ran it. */
export class BenchError extends Error {
  override readonly name = "BenchError";
}
