import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import createFastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
  type RouteOptions,
} from "fastify";
import { countAnswer, createLogController, logAnswer } from "./access-log.ts";
import { auditAnswers } from "./audit-answers.ts";
import { authorize, chooseInsurer } from "./authorize.ts";
import { answerClientError } from "./client-error.ts";
import { describeError } from "./describe-error.ts";
import { errorToProblem } from "./error-to-problem.ts";
import type { Api } from "./fastify-types.ts";
import type { ProvideDependencies } from "./http-dependencies.ts";
import { noBodyExpected } from "./json-body.ts";
import { recordFailedProof, refuseBanned } from "./limits/failed-requests.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "./limits/http-limits.ts";
import { measureLoad, overloaded, restarting } from "./limits/overload.ts";
import { createRateLimits } from "./limits/rate-limits.ts";
import { slowBody, watchBody } from "./limits/slow-body.ts";
import { describeApi } from "./openapi-document.ts";
import { refuseOtherMethods } from "./other-methods.ts";
import { Problem } from "./problems.ts";
import { checkRequestLine } from "./request-line.ts";
import { addRoutes } from "./routes/routes.ts";
import { listSecurityHeaders } from "./security-headers.ts";
import { hasBody, sendProblem } from "./send-problem.ts";
import { createTraceId, setTraceHeaders } from "./trace.ts";
import { compileValidator, refuseUnknownQueryFields } from "./validation.ts";

interface ApiOptions {
  readonly log?: FastifyBaseLogger;
  readonly limits?: Partial<HttpLimits>;
  /** Production has no route of validation. */
  readonly environmentName?: "validation" | "production";
  readonly serverFactory?: FastifyServerFactory;
}

/** The routes with everything that holds for all of them, on a server that does not listen yet. */
export async function createApi(provide: ProvideDependencies, options: ApiOptions = {}): Promise<Api> {
  const { log, serverFactory } = options;
  const limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  const prepareAnswer = createAnswerPreparation(provide, await listSecurityHeaders());
  const app = createFastify({
    ...(log && { loggerInstance: log }),
    ...(serverFactory && { serverFactory }),
    logController: createLogController(),
    genReqId: createTraceId,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      prepareAnswer(request, reply);
      answerWithProblem(error, request, reply);
    },
    // A closing server answers with a problem of its own, below.
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  // Every body is refused but those a route adds for itself; a media type without body means nothing.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request, _payload, done) => {
    const isExpected = request.is404 || !hasBody(request.raw);
    done(isExpected ? null : noBodyExpected());
  });
  app.decorateRequest("caller", null);
  app.decorateRequest("insurer", null);
  app.decorateRequest("submissionId", null);
  app.setErrorHandler(answerWithProblem);
  app.setNotFoundHandler(() => {
    throw new Problem("resourceNotFound", "There is no such resource.");
  });
  await addGuards(app, provide, limits, prepareAnswer);
  auditAnswers(app, provide);
  app.addHook("onRoute", refuseUndeclaredRoute);
  app.addHook("onRoute", refuseUnknownQueryFields);
  await describeApi(app);
  const refuseOthers = refuseOtherMethods(app);
  await addRoutes(app, provide, { isValidation: options.environmentName !== "production" });
  refuseOthers();
  return app;

  /** The one place where an error becomes an answer. */
  function answerWithProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { intake } = provide();
    const problem = errorToProblem(error, intake.maximumBytes);
    if (problem.status >= 500 && !isCutOff(request)) {
      request.log.error({ problem: problem.kind, error: describeError(error) }, "a request could not be answered");
    }
    sendProblem(request, reply, problem, limits.lingerMs);
  }
}

/** Nobody is there any more to get an answer, and what broke was the connection. */
function isCutOff(request: FastifyRequest): boolean {
  return request.raw.destroyed && !request.raw.complete;
}

type PrepareAnswer = (request: FastifyRequest, reply: FastifyReply) => void;

/** What holds for every answer, also for those given before any route is found. */
function createAnswerPreparation(
  provide: ProvideDependencies,
  securityHeaders: Readonly<Record<string, string>>,
): PrepareAnswer {
  // Public routes that may be kept say so themselves.
  const headers = { ...securityHeaders, "Cache-Control": "no-store" };
  return (request, reply) => {
    // Not the hook onResponse, which misses answers that never reached their end.
    reply.raw.once("close", () => {
      logAnswer(request, reply);
      const { metrics } = provide();
      if (metrics) countAnswer(metrics, request, reply);
    });
    reply.headers(headers);
    setTraceHeaders(request, reply);
  };
}

/** A route that forgot to say who may call it does not start, nor one that hides from the document what it needs. */
function refuseUndeclaredRoute({ method, url, config, schema }: RouteOptions): void {
  if (schema?.hide === true && config?.public !== true && config?.refuses !== true) {
    throw new Error(`the route ${method} ${url} must be in the OpenAPI document, for it is not public`);
  }
  if ((config?.public === true) === (config?.scope !== undefined)) {
    throw new Error(`the route ${method} ${url} must be public or name the scope it requires`);
  }
}

/**
 * Deny by default: only what is declared public, and what does not exist, is answered without certificate and token.
 * First what costs least to check.
 */
async function addGuards(
  app: Api,
  provide: ProvideDependencies,
  limits: HttpLimits,
  prepareAnswer: PrepareAnswer,
): Promise<void> {
  let closing = false;
  await measureLoad(app, limits);
  const rateLimits = await createRateLimits(app, limits);
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    // Nobody waits for a second request on a connection of a server that goes away.
    if (closing) reply.header("Connection", "close");
    done(null, payload);
  });
  app.addHook("onRequest", async (request, reply) => {
    prepareAnswer(request, reply);
    const { config } = request.routeOptions;
    if (closing) throw restarting();
    if (app.isUnderPressure() && config.evenOverloaded !== true) throw overloaded();
    checkRequestLine(request.raw);
    const dependencies = provide();
    const { failedAuthentications } = dependencies.identity;
    const isPublic = request.is404 || config.public === true;
    if (failedAuthentications && (!isPublic || config.authenticates === true)) {
      await refuseBanned(request, failedAuthentications);
    }
    if (isPublic) return await rateLimits.countAddress(request, reply);
    try {
      request.caller = await authorize(request, config.scope!, dependencies);
    } catch (error) {
      if (failedAuthentications) await recordFailedProof(request, error, failedAuthentications);
      await rateLimits.countAddress(request, reply);
      throw error;
    }
    await rateLimits.countClient(request, reply);
    if (request.caller.grants.length > 0) request.insurer = chooseInsurer(request, request.caller.grants) ?? null;
  });
  app.addHook("onRequest", (request, reply, done) => {
    if (hasBody(request.raw)) {
      const { socket } = request.raw;
      const windowMs = request.caller ? limits.bodyWindowMs : limits.publicBodyWindowMs;
      watchBody(request.raw, { minimumBytes: limits.minimumBodyBytesPerWindow, windowMs }, () => {
        if (reply.raw.headersSent) socket.destroy();
        else answerClientError.call(app, slowBody(), socket);
      });
    }
    done();
  });
}
