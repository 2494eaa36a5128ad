import { PATIENT } from "../test-settings.ts";

/** Not the variables that `npm test` sets for its children: one of them would make an inner npm work on this project. */
const KEPT =
  /^(PATH|HOME|TMPDIR|npm_config_(cache|registry|userconfig|globalconfig)|NODE_EXTRA_CA_CERTS|SSL_.*|https?_proxy|no_proxy)$/i;

/** What a reader's shell has, and npm without lines of its own. */
export function readerEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  return { ...Object.fromEntries(kept), npm_config_loglevel: "error", ...PATIENT };
}

interface Ports {
  readonly port: number;
  readonly sftpPort: number;
  /** Of the endpoint in the guide on webhooks. */
  readonly hookPort: number;
}

/** Documents tell the usual ports, which may be taken where they are followed. */
export function toPorts({ port, sftpPort, hookPort }: Ports) {
  const pairs = [
    ["localhost:8443", `localhost:${port}`],
    ["localhost:2222", `localhost:${sftpPort}`],
    ["-P 2222", `-P ${sftpPort}`],
    ["8444", `${hookPort}`],
  ] as const;
  return {
    environment: { PORT: `${port}`, SFTP_PORT: `${sftpPort}` },
    fit: (text: string) => pairs.reduce((fitted, [told, own]) => fitted.replaceAll(told, own), text),
    unfit: (text: string) => pairs.reduce((told, [original, own]) => told.replaceAll(own, original), text),
  };
}
