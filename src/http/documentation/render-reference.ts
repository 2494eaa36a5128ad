import { INSURER_REASONS } from "../../advantage/reasons.ts";
import { EVENT_KINDS } from "../../events/event.ts";
import { FINDING_CODES } from "../../findings/finding-codes.ts";
import { INSURER_PHASES } from "../../identity/identity-kinds.ts";
import { HELD_REASONS, RECORD_OUTCOMES, SUBMISSION_KINDS, SUBMISSION_STATES } from "../../intake/submission.ts";
import { DELIVERY_FAULTS, DISABLED_REASONS, SUBSCRIPTION_STATES } from "../../webhooks/webhook.ts";
import { ISSUE_TYPES, PROBLEM_TYPES } from "../problems.ts";
import {
  DISABLED_MEANINGS,
  EVENT_MEANINGS,
  FAULT_MEANINGS,
  HELD_MEANINGS,
  KIND_MEANINGS,
  OUTCOME_MEANINGS,
  PHASE_MEANINGS,
  REASON_MEANINGS,
  STATE_MEANINGS,
  SUBSCRIPTION_MEANINGS,
} from "./reference-meanings.ts";

/** docs/integrators/reference.md: every word of the API that programs build on, from where the code has it. */
export function renderReference(): string {
  const problems = Object.values(PROBLEM_TYPES).map(({ type, status, title }) => [`\`${type}\``, `${status}`, title]);
  const issues = Object.values(ISSUE_TYPES).map(({ type, title }) => [`\`${type}\``, title]);
  const findings = Object.entries(FINDING_CODES).map(([code, { level, severity, number }]) => [
    `\`${code}\``,
    level,
    severity,
    number === undefined ? "" : `${number}`,
  ]);
  return `# Reference

<!-- written by \`npm run reference\` from src; a test compares -->

The words that programs build on. They are stable: more may come, none changes its meaning. The API itself, operation by operation,
is at \`/doc/api\` of a running gateway; its [OpenAPI document](../../openapi/digital-contracts.json) is beside it.

## Problems
Answers with an error are \`application/problem+json\`; \`type\` says which.

${table(["type", "status", "title"], problems)}

Each of \`issues\` has a type of its own:

${table(["type", "title"], issues)}

## Submissions
${list("kind", SUBMISSION_KINDS, KIND_MEANINGS)}

${list("state", SUBMISSION_STATES, STATE_MEANINGS)}

${list("heldReason", HELD_REASONS, HELD_MEANINGS)}

${list("outcome of a record", RECORD_OUTCOMES, OUTCOME_MEANINGS)}

## Findings
Texts, details and what to do: [answers.md](../exchange/answers.md#all-findings), or \`/refData/findings\` in your language.

${table(["code", "about", "severity", "number"], findings)}

## Events
The kinds of your feed; a webhook has them behind \`be.nihdi.infoss.\`.

${list("kind", EVENT_KINDS, EVENT_MEANINGS)}

## Webhooks
${list("state", SUBSCRIPTION_STATES, SUBSCRIPTION_MEANINGS)}

${list("why disabled", DISABLED_REASONS, DISABLED_MEANINGS)}

${list("why a delivery failed", DELIVERY_FAULTS, FAULT_MEANINGS)}

## Status of clients
${list("reason", INSURER_REASONS, REASON_MEANINGS)}

## Phases of an insurer
${list("phase", INSURER_PHASES, PHASE_MEANINGS)}
`;
}

function list<Word extends string>(head: string, words: readonly Word[], meanings: Readonly<Record<Word, string>>) {
  return table(
    [head, "meaning"],
    words.map((word) => [`\`${word}\``, meanings[word]]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
