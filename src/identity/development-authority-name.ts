/** Stands in the subject of every development authority; production refuses certificates issued under this name. */
export const DEVELOPMENT_AUTHORITY_NAME = "Development Authority (infoss-gateway)";
