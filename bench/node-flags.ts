import packageFile from "../package.json" with { type: "json" };

const START_WORDS = packageFile.scripts.start.split(" ");
/** Those of `npm start`, and what it sets for Node. */
export const NODE_FLAGS = START_WORDS.filter((word) => word.startsWith("--"));
export const NODE_SETTINGS = Object.fromEntries(
  START_WORDS.flatMap((word) => (/^[A-Z_]+=/.test(word) ? [word.split("=") as [string, string]] : [])),
);
