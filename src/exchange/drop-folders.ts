/** A file as a listing of the server shows it. */
export interface RemoteFile {
  readonly name: string;
  readonly size: number;
  /** By the server's clock, in whole seconds. */
  readonly modifiedAt: Date;
}

export type DropFolder = "IN" | "OUT";

/**
 * One account's folders over one session. One call at a time, each step of it with its own time-out. Throws
 * `SftpFault`; after one that `breaksSession` every further call throws the same.
 */
export interface DropFolders {
  /** Plain files only: no folders, no links. */
  list(folder: DropFolder): Promise<readonly RemoteFile[]>;
  /** A file of `IN`. Throws `sizeChanged` when it ends with another size than it was last listed with. */
  read(name: string): AsyncIterable<Buffer>;
  /** Files of `IN` as they are now; undefined for what is not there, or no plain file. */
  find(names: readonly string[]): Promise<readonly (RemoteFile | undefined)[]>;
  /** A file that is not there is no error. */
  remove(folder: DropFolder, name: string): Promise<void>;
  /**
   * Into `OUT`: under a temporary name, size verified, renamed. Whoever looks sees the whole file or none; what a crash
   * left is overwritten.
   */
  publish(name: string, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>;
}

export const SFTP_FAULTS = [
  "connectionFailed",
  "connectionLost",
  "timedOut",
  "hostKeyUnknown",
  "authenticationFailed",
  "fileMissing",
  "permissionDenied",
  "sizeChanged",
  "operationFailed",
  "stopped",
] as const;
export type SftpFaultCode = (typeof SFTP_FAULTS)[number];

/** Faults of one file or one request: the session goes on. */
const OF_ONE_REQUEST: readonly SftpFaultCode[] = ["fileMissing", "permissionDenied", "sizeChanged", "operationFailed"];

/** What an SFTP server, or the way to it, did not do. `step` says which, in words that hold no data. */
export class SftpFault extends Error {
  override readonly name = "SftpFault";
  readonly code: SftpFaultCode;
  readonly step: string;

  constructor(code: SftpFaultCode, step: string, options?: ErrorOptions) {
    super(`${step}: ${code}`, options);
    this.code = code;
    this.step = step;
  }

  get breaksSession(): boolean {
    return !OF_ONE_REQUEST.includes(this.code);
  }
}
