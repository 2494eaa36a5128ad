/** Writes docs/integrators/numbers.md; a test compares. */
import { writeFile } from "node:fs/promises";
import { renderNumbers } from "./render-numbers.ts";

await writeFile(new URL("../../../docs/integrators/numbers.md", import.meta.url), renderNumbers());
