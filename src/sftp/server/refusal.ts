import { STATUS, type StatusCode } from "./sftp-protocol.ts";

/** A request that is answered with a status other than "done". The message is shown to the client's user. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: StatusCode;

  constructor(code: StatusCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const noSuchFile = () => new Refusal(STATUS.noSuchFile, "No such file");
export const notAllowed = (message = "Not allowed here") => new Refusal(STATUS.permissionDenied, message);

const BY_SYSTEM_CODE: Readonly<Record<string, readonly [StatusCode, string]>> = {
  ENOENT: [STATUS.noSuchFile, "No such file"],
  ENOTDIR: [STATUS.noSuchFile, "No such file"],
  EACCES: [STATUS.permissionDenied, "Not allowed here"],
  EPERM: [STATUS.permissionDenied, "Not allowed here"],
  ELOOP: [STATUS.permissionDenied, "Links are not followed"],
  ENXIO: [STATUS.permissionDenied, "Not a file"],
  EISDIR: [STATUS.failure, "Not a file"],
  EEXIST: [STATUS.failure, "There is a file of that name"],
  ENOSPC: [STATUS.failure, "No space left"],
  EDQUOT: [STATUS.failure, "No space left"],
  EFBIG: [STATUS.failure, "The file would be too large"],
  ENAMETOOLONG: [STATUS.failure, "The name is too long"],
};

/** What the client is told of any error; undefined for one that is not foreseen, and of which it is told nothing. */
export function findRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = BY_SYSTEM_CODE[code];
  return known && new Refusal(...known);
}
