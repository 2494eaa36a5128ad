/** An authorization server in a process of its own: settings as JSON in argv, its address on standard output, ends with standard input. */
import { createDatabase } from "../../src/database/connection.ts";
import { type ListenerOptions, listen } from "./authorization-listener.ts";

const [settings = "{}"] = process.argv.slice(2);
const { databaseUrl, ...options }: ProcessSettings = JSON.parse(settings);
const database = createDatabase(databaseUrl);
const listener = await listen({ ...options, database });
process.stdout.write(`${listener.url}\n`);
process.stdin.resume().once("end", async () => {
  await listener.close();
  await database.close();
});

export interface ProcessSettings extends Omit<ListenerOptions, "database"> {
  readonly databaseUrl: string;
}
