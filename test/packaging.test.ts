import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { composeFile, composeRecord } from "./flows/compose-file.ts";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));

/** Not the variables that `npm test` sets for its children: one of them would make an inner npm work on this project. */
const KEPT =
  /^(PATH|HOME|TMPDIR|npm_config_(cache|registry|userconfig|globalconfig)|NODE_EXTRA_CA_CERTS|SSL_.*|https?_proxy|no_proxy)$/i;
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.test(name))),
  npm_config_prefer_offline: "true",
};

/** Without what tap adds to the options of every Node below it. */
function run(cwd: string, ...command: string[]) {
  return spawnSync("env", ["-u", "NODE_OPTIONS", ...command], { cwd, env, encoding: "utf8" });
}

t.test(
  "the package installs from its tarball in another folder, where npx infoss and the client library work",
  async (t) => {
    // Outside the project, whose node_modules would otherwise be found.
    const folder = mkdtempSync(join(tmpdir(), "infoss-package-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const packed = run(PROJECT, "npm", "pack", "--pack-destination", folder);
    t.equal(packed.status, 0, packed.stderr);
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
    const user = join(folder, "user");
    mkdirSync(user);
    writeFileSync(join(user, "package.json"), '{ "private": true, "type": "module" }');
    const installed = run(user, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", `../${tarball}`);
    t.equal(installed.status, 0, installed.stderr);

    const records = [composeRecord("A"), composeRecord("B", { inamiNumber: "1" })];
    writeFileSync(join(user, "contracts.xml"), composeFile({ sender: "0403019261", reference: "PACKED", records }));
    const checked = run(user, "npx", "infoss", "check", "contracts.xml", "--format", "csv");
    t.equal(checked.status, 3, checked.stderr);
    t.match(checked.stdout, /^recordNumber,.*\r\n2,B,rejected,inamiNumberInvalid/);
    const generated = run(user, "npx", "infoss", "generate", "--records", "10", "--out", "made");
    t.equal(generated.status, 0, generated.stderr);
    t.equal(run(user, "npx", "infoss", "check", "made/contracts.xml").status, 0);
    t.match(run(user, "npx", "infoss", "--help"), { status: 0, stdout: /check[\s\S]*send[\s\S]*status/ });

    writeFileSync(
      join(user, "program.js"),
      `import { GatewayProblem } from "infoss-gateway/client/gateway-client";
     import { iteratePages } from "infoss-gateway/client/pages";
     import { verifyWebhook } from "infoss-gateway/client/verify-webhook";
     try { verifyWebhook("", {}, { secrets: [] }); } catch ({ name }) { console.log(name); }
     const items = await Array.fromAsync(iteratePages(async () => ({ items: [1, 2] })));
     console.log(items.join(), new GatewayProblem(404, { title: "Not Found" }).message);`,
    );
    // The Node that the package brings comes first for whatever npm runs.
    const used = run(user, "npm", "exec", "--", "node", "program.js");
    t.equal(used.stdout.trim(), "WebhookInvalid\n1,2 The gateway answered 404: Not Found", used.stderr);
  },
);
