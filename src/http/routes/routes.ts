import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { authorizationServerRoutes } from "./authorization-server.ts";
import { cancelSubmissionRoute } from "./cancel-submission.ts";
import { checkHealthRoute } from "./check-health.ts";
import { completeInitialLoadRoute } from "./complete-initial-load.ts";
import { contractRoutes } from "./contracts/contract-routes.ts";
import { createSubmissionRoute } from "./create-submission.ts";
import { getCorrectionsRoute } from "./get-corrections.ts";
import { getFindingRoute } from "./get-finding.ts";
import { getKeySetRoute } from "./get-key-set.ts";
import { getNoticeRoute } from "./get-notice.ts";
import { getOpenapiDocumentRoute } from "./get-openapi-document.ts";
import { getReceiptRoute } from "./get-receipt.ts";
import { getRecordRoute } from "./get-record.ts";
import { getReportRoute } from "./get-report.ts";
import { getSubmissionRoute } from "./get-submission.ts";
import { listFindingsRoute } from "./list-findings.ts";
import { listNoticesRoute } from "./list-notices.ts";
import { listRecordsRoute } from "./list-records.ts";
import { listSubmissionsRoute } from "./list-submissions.ts";
import { operatorRoutes } from "./operator/operator-routes.ts";

/** Every route of the REST door; the order is that of the OpenAPI document. */
export async function addRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  await createSubmissionRoute(app, provide);
  listSubmissionsRoute(app, provide);
  getSubmissionRoute(app, provide);
  cancelSubmissionRoute(app, provide);
  getReceiptRoute(app, provide);
  getReportRoute(app, provide);
  listRecordsRoute(app, provide);
  getRecordRoute(app, provide);
  getCorrectionsRoute(app, provide);
  completeInitialLoadRoute(app, provide);
  await contractRoutes(app, provide);
  listNoticesRoute(app, provide);
  getNoticeRoute(app, provide);
  listFindingsRoute(app);
  getFindingRoute(app);
  checkHealthRoute(app, provide);
  getOpenapiDocumentRoute(app);
  getKeySetRoute(app, provide);
  await operatorRoutes(app, provide);
  await authorizationServerRoutes(app, provide);
}
