/** Where the API hangs on its host; hrefs and Location are absolute paths under it, whatever name the host was called by. */
export const API_ROOT = "/REST/digitalContracts/v1";

export function submissionPath(submissionId: string): string {
  return `${API_ROOT}/submissions/${submissionId}`;
}

export function verificationPath(submissionId: string): string {
  return `${API_ROOT}/inamiVerifications/${submissionId}`;
}

export function contractPath(contractId: string): string {
  return `${API_ROOT}/contracts/${contractId}`;
}

/** The path with the query fields that are set. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const fields = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return fields.length === 0 ? path : `${path}?${new URLSearchParams(fields)}`;
}
