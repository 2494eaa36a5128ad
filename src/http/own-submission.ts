import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Submission } from "../intake/submission.ts";
import { findSubmission } from "../intake/submission-queries.ts";
import { getTenant } from "./authorize.ts";
import type { ProvideDependencies } from "./http-dependencies.ts";
import { Problem } from "./problems.ts";
import { SubmissionIdSchema } from "./submission-view.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const SubmissionParams = Type.Object({ submissionId: SubmissionIdSchema });

/** The submission of the path. Another insurer's, one that never existed and what is no id get the same answer. */
export async function getOwnSubmission(
  request: FastifyRequest,
  submissionId: string,
  provide: ProvideDependencies,
): Promise<Submission> {
  const submission = isUuid(submissionId) ? await findSubmission(getTenant(request, provide), submissionId) : undefined;
  if (!submission) throw submissionNotFound();
  request.submissionId = submission.submissionId;
  return submission;
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

const RETRY_SECONDS = 2;

/** For what is there once the submission has ended. */
export function reportNotReady(): Problem {
  return new Problem("reportNotReady", "The submission has not ended yet.", { retryAfterSec: RETRY_SECONDS });
}

export function submissionNotFound(): Problem {
  const detail = "There is no such submission.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "submissionId", detail }],
  });
}
