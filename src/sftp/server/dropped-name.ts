import { findPlace, type Viewer } from "./drop-place.ts";
import { OPEN } from "./sftp-protocol.ts";
import type { SftpRequest } from "./sftp-request.ts";

/** The name in IN that a request of an account writes, or gives to what is there; undefined for every other request. */
export function findDroppedName(viewer: Viewer, request: SftpRequest): string | undefined {
  if (viewer.kind !== "account") return undefined;
  const place = findPlace(viewer, pathWritten(request) ?? "/");
  return place?.kind === "file" && place.folder === "IN" ? place.name : undefined;
}

function pathWritten(request: SftpRequest): string | undefined {
  if (request.verb === "open") return (request.flags & OPEN.write) === 0 ? undefined : request.path;
  return request.verb === "rename" || request.verb === "posixRename" ? request.to : undefined;
}
