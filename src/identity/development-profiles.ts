import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Development clients of insurers: what `infoss --profile` needs of each is written beside its keys. */
const INSURERS_CLIENTS = ["client-alpha", "client-beta", "client-provider"] as const;

/** Where the profile of a development client stands, in the folder of the certificates. */
export function profilePath(folder: string, clientId: (typeof INSURERS_CLIENTS)[number]): string {
  return join(folder, `${clientId}.json`);
}

/** Writes the profiles anew, for the address may be another at each start. `url` is `https://host:port`. */
export async function writeDevelopmentProfiles(folder: string, url: string): Promise<void> {
  for (const client of INSURERS_CLIENTS) {
    const profile = {
      ...{ rest: url, client, key: `${client}-assertion-key.pem` },
      ...{ certificate: `${client}.pem`, certificateKey: `${client}-key.pem`, ca: "ca.pem" },
    };
    await writeFile(profilePath(folder, client), `${JSON.stringify(profile, null, 2)}\n`);
  }
}
