import type { DemoCall } from "./client.ts";

/** What every step of the demo has at hand. */
export interface DemoStage {
  /** Address of the API. */
  readonly api: string;
  /** Asks as insurer Alpha. */
  readonly call: DemoCall;
  /** A contract file of insurer Alpha, some of whose contracts Beta declares too. */
  readonly contractFile: Buffer;
  readonly certificates: string;
  readonly sftp: { readonly port: number; readonly hostKey: string };
  readonly say: (...lines: string[]) => void;
}
