/** Writes docs/integrators/reference.md; a test compares. */
import { writeFile } from "node:fs/promises";
import { renderReference } from "./render-reference.ts";

await writeFile(new URL("../../../docs/integrators/reference.md", import.meta.url), renderReference());
