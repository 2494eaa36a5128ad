import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { authorizationServerRoutes } from "./authorization-server.ts";
import { cancelSubmissionRoute } from "./cancel-submission.ts";
import { checkHealthRoute } from "./check-health.ts";
import { completeInitialLoadRoute } from "./complete-initial-load.ts";
import { connectionTestRoutes } from "./connection-tests.ts";
import { contractRoutes } from "./contracts/contract-routes.ts";
import { createSubmissionRoute } from "./create-submission.ts";
import { documentationRoutes } from "./documentation.ts";
import { getCorrectionsRoute } from "./get-corrections.ts";
import { getEventRoute } from "./get-event.ts";
import { getFindingRoute } from "./get-finding.ts";
import { getKeySetRoute } from "./get-key-set.ts";
import { getNoticeRoute } from "./get-notice.ts";
import { getOpenapiDocumentRoute } from "./get-openapi-document.ts";
import { getReadinessRoute } from "./get-readiness.ts";
import { getReceiptRoute } from "./get-receipt.ts";
import { getRecordRoute } from "./get-record.ts";
import { getReportRoute } from "./get-report.ts";
import { getSubmissionRoute } from "./get-submission.ts";
import { listDryRunEffectsRoute } from "./list-dry-run-effects.ts";
import { listEventsRoute } from "./list-events.ts";
import { listFindingsRoute } from "./list-findings.ts";
import { listNoticesRoute } from "./list-notices.ts";
import { listRecordsRoute } from "./list-records.ts";
import { listSubmissionsRoute } from "./list-submissions.ts";
import { operatorRoutes } from "./operator/operator-routes.ts";
import { premiumYearRoutes } from "./premium-years.ts";
import { listRemittancesRoute } from "./remittances/list-remittances.ts";
import { readRemittanceRoutes } from "./remittances/read-remittance.ts";
import { simulationRoutes } from "./simulations/simulation-routes.ts";
import { socialAdvantageRoutes } from "./social-advantages/social-advantage-routes.ts";
import { createAdmissionRoute } from "./spaces/create-admission.ts";
import { addSpaceRoutes } from "./spaces/space-routes.ts";
import { submissionAnswersRoutes } from "./submission-answers.ts";
import { createVerificationRoute } from "./verifications/create-verification.ts";
import { getVerificationRoute } from "./verifications/get-verification.ts";
import { webhookRoutes } from "./webhooks/webhook-routes.ts";

/** Every route of the REST door; the order is that of the OpenAPI document. */
export async function addRoutes(
  app: Api,
  provide: ProvideDependencies,
  { isValidation }: { readonly isValidation: boolean },
): Promise<void> {
  await createSubmissionRoute(app, provide);
  listSubmissionsRoute(app, provide);
  getSubmissionRoute(app, provide);
  cancelSubmissionRoute(app, provide);
  getReceiptRoute(app, provide);
  getReportRoute(app, provide);
  listRecordsRoute(app, provide);
  getRecordRoute(app, provide);
  listDryRunEffectsRoute(app, provide);
  getCorrectionsRoute(app, provide);
  submissionAnswersRoutes(app, provide);
  completeInitialLoadRoute(app, provide);
  await contractRoutes(app, provide);
  await socialAdvantageRoutes(app, provide);
  await createVerificationRoute(app, provide);
  getVerificationRoute(app, provide);
  listRemittancesRoute(app, provide);
  readRemittanceRoutes(app, provide);
  listEventsRoute(app, provide);
  getEventRoute(app, provide);
  await webhookRoutes(app, provide);
  await connectionTestRoutes(app, provide);
  getReadinessRoute(app, provide);
  listNoticesRoute(app, provide);
  getNoticeRoute(app, provide);
  listFindingsRoute(app);
  getFindingRoute(app);
  premiumYearRoutes(app, provide);
  checkHealthRoute(app, provide);
  getOpenapiDocumentRoute(app);
  documentationRoutes(app);
  getKeySetRoute(app, provide);
  if (isValidation) {
    await createAdmissionRoute(app, provide);
    addSpaceRoutes(app, provide);
    await simulationRoutes(app, provide);
  }
  await operatorRoutes(app, provide, { isValidation });
  await authorizationServerRoutes(app, provide);
}
