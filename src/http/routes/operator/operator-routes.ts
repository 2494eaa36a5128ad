import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { acceptJson } from "../../json-body.ts";
import { addAlarmRoutes } from "./alarms.ts";
import { addAnswerRoutes } from "./answers.ts";
import { addClientRoutes } from "./clients.ts";
import { addContactRoutes } from "./contacts.ts";
import { addCredentialsRoutes } from "./credentials.ts";
import { addCreditTransferRoute } from "./credit-transfer.ts";
import { addDossierRoutes } from "./dossiers.ts";
import { addEvaluationRoutes } from "./evaluations.ts";
import { addFactRoutes } from "./facts.ts";
import { addGrantRoutes } from "./grants.ts";
import { addHeldSubmissionRoutes } from "./held-submissions.ts";
import { addInsurerIbanRoutes } from "./insurer-ibans.ts";
import { addInsurerRoutes } from "./insurers.ts";
import { addPaymentImportRoute } from "./payment-imports.ts";
import { addPaymentRunRoutes } from "./payment-runs.ts";
import { addPortfolioTransferRoutes } from "./portfolio-transfers.ts";
import { addPremiumYearRoutes } from "./premium-years.ts";
import { addReadinessRoute } from "./readiness.ts";
import { addRegisterRoutes } from "./register.ts";
import { addSetAsideDropRoutes } from "./set-aside-drops.ts";
import { addSftpAccountRoutes } from "./sftp-account.ts";
import { addSpaceOperatorRoutes } from "./spaces.ts";
import { addStatusSnapshotRoute } from "./status-snapshots.ts";
import { addQuarantineRoutes } from "./submissions.ts";

/** What operators do, for their own clients (scope `…:operate`). Each act is on the audit trail or did not happen. */
export async function operatorRoutes(
  app: Api,
  provide: ProvideDependencies,
  { isValidation }: { readonly isValidation: boolean },
): Promise<void> {
  await addFactRoutes(app, provide);
  await addRegisterRoutes(app, provide);
  await app.register(async (scope) => {
    acceptJson(scope);
    addInsurerRoutes(scope, provide);
    addReadinessRoute(scope, provide);
    addContactRoutes(scope, provide);
    addClientRoutes(scope, provide);
    addGrantRoutes(scope, provide);
    addCredentialsRoutes(scope, provide);
    addSftpAccountRoutes(scope, provide);
    addAnswerRoutes(scope, provide);
    addStatusSnapshotRoute(scope, provide);
    addInsurerIbanRoutes(scope, provide);
    addPaymentRunRoutes(scope, provide);
    addCreditTransferRoute(scope, provide);
    addPaymentImportRoute(scope, provide);
    addEvaluationRoutes(scope, provide);
    addDossierRoutes(scope, provide);
    addAlarmRoutes(scope, provide);
    addQuarantineRoutes(scope, provide);
    addHeldSubmissionRoutes(scope, provide);
    addSetAsideDropRoutes(scope, provide);
    addPremiumYearRoutes(scope, provide);
    addPortfolioTransferRoutes(scope, provide);
    if (isValidation) addSpaceOperatorRoutes(scope, provide);
  });
}
