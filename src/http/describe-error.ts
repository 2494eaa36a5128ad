/** What a log line may say of an error: an allow-list, because drivers put values of rows into the rest. */
export interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly frames: readonly string[];
}

const MAXIMUM_FRAMES = 12;
const MAXIMUM_MESSAGE = 300;

/** Numbers of six digits and more are masked: they may be persons'. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error))
    return { name: typeof error, message: "a value that is not an error was thrown", frames: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return {
    name: error.name,
    ...("code" in error && typeof error.code === "string" && { code: error.code }),
    message: error.message.replaceAll(/\d(?:[ .-]?\d){5,}/g, "…").slice(0, MAXIMUM_MESSAGE),
    frames: frames.slice(0, MAXIMUM_FRAMES).map((frame) => frame.trim()),
  };
}
