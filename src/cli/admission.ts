import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import type { paths } from "../../openapi/digital-contracts.d.ts";
import { createPublicClient, expectData } from "../client/gateway-client.ts";
import { LANGUAGES, type Language } from "../findings/language.ts";
import { closeBehind, OWN_PROFILE, readAddress, readNamed } from "./gateway-connection.ts";
import { CommandRefused, type Surroundings } from "./operator-surroundings.ts";
import { PHASES, type Phase, renderSpace } from "./space.ts";

type Admission = paths["/admissions"]["post"]["responses"][201]["content"]["application/json"];

interface AdmissionOptions {
  readonly rest: string;
  readonly name: string;
  readonly folder: string;
  readonly ca?: string;
  readonly contact?: string;
  readonly sftp: boolean;
  readonly language?: Language;
  readonly phase: Phase;
}

/** What lies in the folder, beside the profile. */
const KEY = "client-key.pem";
const CERTIFICATE = "client.pem";
const AUTHORITY = "ca.pem";
const SSH_KEY = "id_ed25519";
const OWN_EYES = 0o600;

const EXAMPLES = `
Examples:
  infoss admission request --rest https://validation.gateway.example --name "My system"
  infoss admission request --rest https://validation.gateway.example --name "My system" --folder my-space --phase loading
  infoss space --profile my-space/${OWN_PROFILE}

Makes a key (${KEY}), an SSH key (${SSH_KEY}) and a request for a certificate, asks for admission with them, and writes the certificate
(${CERTIFICATE}) and a profile (${OWN_PROFILE}) for the other commands. Keys that are in the folder already are used: asking again renews the
account, and completes what broke off. The private keys leave this machine never.`;

/** `infoss admission`: how an integrator gets into validation by itself. */
export function addAdmissionCommand(program: Command, { write, say }: Surroundings): void {
  const admission = program.command("admission").description("admit yourself to validation, with a space of your own");

  admission
    .command("request")
    .description("make keys, ask for admission, and write a profile for the other commands")
    .requiredOption("--rest <url>", "the gateway of validation: https://host")
    .requiredOption("--name <name>", "of your company or system")
    .option("--folder <folder>", "where keys, certificate and profile are written to", ".")
    .option("--ca <file>", "authority of the server's certificate, PEM (those that Node knows)")
    .option("--contact <address>", "for mail about it")
    .option("--no-sftp", "without SFTP account")
    .addOption(new Option("--language <code>", "of the texts over SFTP").choices(LANGUAGES))
    .addOption(new Option("--phase <phase>", "where your space begins").choices(PHASES).default("live"))
    .addHelpText("after", EXAMPLES)
    .action(async (options: AdmissionOptions) => {
      const found = await requestAdmission(options);
      write(program.opts().json ? `${JSON.stringify(found, null, 2)}\n` : renderSpace(found.space));
      const { sftp } = found;
      if (sftp) {
        say(
          `Over SFTP: infoss send FILE --sftp sftp://${sftp.account}@${sftp.host}:${sftp.port} ` +
            `--key ${join(options.folder, SSH_KEY)} --host-key ${sftp.hostKeys[0] ?? ""}\n`,
        );
      }
      say(`Over REST by the profile ${join(options.folder, OWN_PROFILE)}; try: infoss connection test --profile …\n`);
    });
}

/** Everything is on disk before it is asked for: whatever breaks off, asking again is asking with the same keys. */
async function requestAdmission(options: AdmissionOptions): Promise<Admission> {
  const { folder, name, contact, language, phase } = options;
  const at = (file: string) => join(folder, file);
  const { origin: url } = readAddress(options.rest, "https:");
  const ca = options.ca === undefined ? undefined : await readNamed(options.ca);
  if (existsSync(at(OWN_PROFILE)) && !existsSync(at(KEY))) {
    throw new CommandRefused(
      `${at(OWN_PROFILE)} is a profile with other keys: name another --folder. Nothing was sent.`,
    );
  }
  await mkdir(folder, { recursive: true }).catch(refuseWriting(folder));
  // Written before the other key: where that one is there alone, admission was asked for without SFTP.
  const wantsSsh = options.sftp && (existsSync(at(SSH_KEY)) || !existsSync(at(KEY)));
  const sshPublicKey = wantsSsh ? await prepareSshKey(at(SSH_KEY), name) : undefined;
  const certificateRequest = await prepareRequest(at(KEY), name);
  const body = {
    ...{ name, certificateRequest, phase },
    ...(contact !== undefined && { contact }),
    ...(language !== undefined && { language }),
    ...(sshPublicKey !== undefined && { sshPublicKey }),
  };
  const client = createPublicClient({ url, ...(ca && { ca }), ...(await readIdentity(at(CERTIFICATE), at(KEY))) });
  const admission = await closeBehind(client, url, async ({ api }) =>
    expectData(await api.POST("/admissions", { body })),
  );
  await write(at(CERTIFICATE), admission.certificate);
  if (ca) await write(at(AUTHORITY), ca);
  const profile = {
    // Where the gateway itself says that it is: its tokens are asked for under that name.
    ...{ rest: new URL(admission.apiUrl).origin, client: admission.clientId, key: KEY },
    ...{ certificate: CERTIFICATE, certificateKey: KEY, ...(ca && { ca: AUTHORITY }) },
  };
  await write(at(OWN_PROFILE), `${JSON.stringify(profile, null, 2)}\n`);
  return admission;
}

/** Whoever shows a certificate of the account may renew as often as need be; undefined where there is none for the key. */
async function readIdentity(certificatePath: string, keyPath: string) {
  if (!existsSync(certificatePath)) return undefined;
  const [cert, key] = [await readNamed(certificatePath), await readNamed(keyPath)];
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

async function prepareRequest(path: string, name: string): Promise<string> {
  // Only this command needs what makes requests, which takes a while to read.
  const { createCertificateRequest } = await import("../identity/certificate-request.ts");
  const known = existsSync(path) ? (await readNamed(path)).toString("utf8") : undefined;
  const made = await createCertificateRequest(name, known).catch(() => {
    throw new CommandRefused(`${path} is no EC P-256 key that can be used without a passphrase. Nothing was sent.`);
  });
  if (known === undefined) await write(path, made.keyPem);
  return made.requestPem;
}

async function prepareSshKey(path: string, name: string): Promise<string> {
  if (existsSync(`${path}.pub`)) return (await readFile(`${path}.pub`, "utf8")).trim();
  const { generateSshKeyPair } = await import("../identity/ssh-key-pair.ts");
  const { privateKey, publicKey } = generateSshKeyPair(name.replaceAll(/[^\w.-]+/g, "-"));
  await write(path, privateKey);
  await write(`${path}.pub`, `${publicKey}\n`);
  return publicKey;
}

async function write(path: string, content: string | Buffer): Promise<void> {
  await writeFile(path, content, { mode: OWN_EYES }).catch(refuseWriting(path));
}

const refuseWriting = (path: string) => (): never => {
  throw new CommandRefused(`${path} cannot be written.`);
};
