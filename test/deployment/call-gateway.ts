import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { createTokenSource, TokenRequestError } from "../../src/client/token-client.ts";
import { type AnyDocument, ROOT } from "../http/open-door.ts";
import type { Machine } from "../operator/client-machine.ts";

export interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** Default: one that the gateway gives. */
  readonly token?: string;
}

/** What it takes to call; `kid` where the client has several keys of a kind. */
type CallingMachine = Pick<Machine, "clientId" | "keyPem"> & {
  readonly kid?: string;
  readonly certificate: Pick<Machine["certificate"], "certificatePem" | "privateKeyPem">;
};

/** A machine as it calls one gateway (`url`, whose certificate `ca` vouches for), as any program would. */
export function createGatewayCaller(url: string, ca: string, machine: CallingMachine, issuer = `${url}/auth`) {
  const tls = { cert: machine.certificate.certificatePem, key: machine.certificate.privateKeyPem, ca };
  const tokenOf = () =>
    createTokenSource({
      issuer,
      tokenEndpoint: `${url}/auth/token`,
      clientId: machine.clientId,
      key: machine.keyPem,
      ...(machine.kid !== undefined && { kid: machine.kid }),
      tls,
    })();
  return {
    getToken: tokenOf,
    /** Why no token is given now; undefined when one is. */
    async refusedToken(): Promise<string | undefined> {
      try {
        await tokenOf();
        return undefined;
      } catch (error) {
        if (error instanceof TokenRequestError) return error.error ?? String(error.status);
        throw error;
      }
    },
    async call(path: string, { method = "GET", headers = {}, body, token }: Sent = {}) {
      const Authorization = `Bearer ${token ?? (await tokenOf())}`;
      const outgoing = request(`${url}${ROOT}${path}`, {
        method,
        agent: new Agent({ ...tls, keepAlive: false }),
        headers: { Authorization, ...headers },
      });
      outgoing.end(body);
      const [response] = await once(outgoing, "response");
      const answer = await text(response);
      const json: AnyDocument = /json/.test(response.headers["content-type"]) ? JSON.parse(answer) : {};
      return { status: Number(response.statusCode), json };
    },
  };
}
