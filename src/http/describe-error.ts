/** What a log line may say of an error: an allow-list, because drivers put values of rows into the rest. */
export interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly frames: readonly string[];
}

const MAXIMUM_FRAMES = 12;
const MAXIMUM_MESSAGE = 300;

/**
 * Numbers of six digits and more are masked: they may be persons'. So is what a message quotes, unless it is the name of
 * a table or constraint: databases and parsers quote what they could not read.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error))
    return { name: typeof error, message: "a value that is not an error was thrown", frames: [] };
  // A message may have lines that look like frames.
  const frames = (error.stack ?? "")
    .replace(error.message, "")
    .split("\n")
    .filter((line) => line.startsWith("    at "));
  return {
    name: error.name,
    ...("code" in error && typeof error.code === "string" && { code: error.code }),
    message: error.message
      // PostgreSQL quotes values behind a colon, and names elsewhere.
      .replaceAll(/: "[^"]*"?/g, ': "…"')
      .replaceAll(/"[^"]*"?/g, (quoted) => (/^"[a-z][a-z0-9_]*"$/.test(quoted) ? quoted : '"…"'))
      .replaceAll(/\d(?:[ .-]?\d){5,}/g, "…")
      .slice(0, MAXIMUM_MESSAGE),
    frames: frames.slice(0, MAXIMUM_FRAMES).map((frame) => frame.trim()),
  };
}
