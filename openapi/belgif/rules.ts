import type { Rule } from "./rule.ts";
import * as answers from "./rules/answers.ts";
import * as compositions from "./rules/compositions.ts";
import * as operations from "./rules/operations.ts";
import * as paths from "./rules/paths.ts";
import * as schemas from "./rules/schemas.ts";
import * as values from "./rules/values.ts";

/** Every rule of the Belgif validator, by id. */
export const RULES: readonly Rule[] = [answers, compositions, operations, paths, schemas, values]
  .flatMap((group) => Object.values(group).filter((member): member is Rule => typeof member === "object"))
  .sort((one, other) => (one.id < other.id ? -1 : 1));
