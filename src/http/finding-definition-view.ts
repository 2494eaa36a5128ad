import type { Static } from "typebox";
import { FINDING_CODES, type FindingCode } from "../findings/finding-codes.ts";
import { FINDING_DETAILS } from "../findings/finding-texts.ts";
import type { Language } from "../findings/language.ts";
import { renderFindingText } from "../findings/render-finding.ts";
import type { FindingDefinitionSchema } from "./finding-schema.ts";
import { API_ROOT } from "./paths.ts";

export const FINDINGS_PATH = `${API_ROOT}/refData/findings`;

export function viewFindingDefinition(code: FindingCode, language: Language): Static<typeof FindingDefinitionSchema> {
  const { level, severity, number } = FINDING_CODES[code];
  const details = FINDING_DETAILS[code];
  return {
    href: `${FINDINGS_PATH}/${code}`,
    code,
    level,
    severity,
    ...(number !== undefined && { number }),
    ...(details && { details: [...details] }),
    text: renderFindingText({ code }, language),
  };
}
