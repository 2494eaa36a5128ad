/**
 * The floor of `read`: a bare Fastify route with one query by primary key through postgres.js, over mutual TLS. Run as
 * a process of its own; prints its port.
 */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import fastify from "fastify";
import postgres from "postgres";

const [, , databaseUrl, certificates, insurerId] = process.argv;
const CONNECTIONS = 10;

const sql = postgres(databaseUrl!, { max: CONNECTIONS });
const read = (name: string) => readFileSync(join(certificates!, name));
const app = fastify({
  https: {
    key: read("server-key.pem"),
    cert: read("server.pem"),
    ca: read("ca.pem"),
    requestCert: true,
    rejectUnauthorized: true,
  },
});
app.get<{ Params: { submissionId: string } }>("/submissions/:submissionId", async (request, reply) => {
  const [row] = await sql`
    select submission_id as "submissionId", insurer_id as "insurerId", channel, state, reference, environment, kind,
      (header->>'complete')::boolean as complete, (header->>'recordCount')::int as "declaredRecordCount",
      byte_length as "byteLength", encode(sha256, 'hex') as sha256, bytes_read as "bytesRead",
      records_read as "recordsRead", accepted_count as accepted, accepted_with_warnings_count as "acceptedWithWarnings",
      unchanged_count as unchanged, rejected_count as rejected, findings, received_at as "receivedAt",
      ended_at as "endedAt"
    from submission where insurer_id = ${insurerId!} and submission_id = ${request.params.submissionId}`;
  return row ?? reply.code(404).send();
});
await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${(app.server.address() as AddressInfo).port}\n`);
