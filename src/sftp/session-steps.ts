import type { Socket } from "node:net";
import { SftpFault, type SftpFaultCode } from "../exchange/drop-folders.ts";

/** Runs the steps of one session, each against the clock; a step that never ends breaks the session, and with it all others. */
export interface SessionSteps {
  /** Why the session is of no more use, once it is. */
  readonly fault: SftpFault | undefined;
  /** Throws `SftpFault`: of the step, of its time-out, or of whatever broke the session meanwhile. */
  run<T>(step: string, start: () => Promise<T>): Promise<T>;
  /** For the functions of ssh2, which call back, or throw at once where the server lacks an extension. */
  call<T>(step: string, start: (done: (error?: Error | null, value?: T) => void) => void): Promise<T>;
  /** Ends the session; the first reason counts. */
  breakWith(fault: SftpFault): void;
}

/** Status codes of the protocol (draft-ietf-secsh-filexfer-02, section 7) that say something about one file. */
export const FAULT_OF_STATUS: Readonly<Record<number, SftpFaultCode>> = {
  2: "fileMissing",
  3: "permissionDenied",
  4: "operationFailed",
  8: "operationFailed",
};

export function createSessionSteps(socket: Socket, timeoutMs: number): SessionSteps {
  const pending = new Set<(fault: SftpFault) => void>();
  let fault: SftpFault | undefined;

  const breakWith = (reason: SftpFault) => {
    if (fault) return;
    fault = reason;
    socket.destroy();
    for (const reject of [...pending]) reject(reason);
  };

  const run = <T>(step: string, start: () => Promise<T>): Promise<T> => {
    if (fault) return Promise.reject(fault);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => breakWith(new SftpFault("timedOut", step)), timeoutMs);
    pending.add(reject);
    Promise.try(start)
      .then(resolve, (error: unknown) => reject(fault ?? toFault(step, error)))
      .finally(() => {
        clearTimeout(timer);
        pending.delete(reject);
      });
    promise.catch((error: SftpFault) => {
      clearTimeout(timer);
      pending.delete(reject);
      // The driver tells of a lost connection by an error without status.
      if (error.breaksSession) breakWith(error);
    });
    return promise;
  };

  return {
    get fault() {
      return fault;
    },
    run,
    call: (step, start) =>
      run(
        step,
        () =>
          new Promise((resolve, reject) => {
            start((error, value) => (error ? reject(error) : resolve(value as never)));
          }),
      ),
    breakWith,
  };
}

function toFault(step: string, error: unknown): SftpFault {
  if (error instanceof SftpFault) return error;
  const status = error instanceof Error && "code" in error ? error.code : undefined;
  const code = typeof status === "number" ? FAULT_OF_STATUS[status] : undefined;
  return new SftpFault(code ?? "connectionLost", step, { cause: error });
}
