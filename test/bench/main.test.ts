import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";

const MAIN = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));

t.test("arguments that name no benchmark are answered by the usage and status 2", (t) => {
  const misspelt = [
    [],
    ["lode"],
    ["load", "--records", "many"],
    ["load", "--records", "0"],
    ["load", "--growth", "--records", "5"],
    ["load", "-x"],
    ["read", "--growth"],
    ["read", "--records", "5"],
    ["read", "load"],
    ["evaluate", "--records", "5"],
    ["evaluate", "load"],
    ["sftp", "--records", "5"],
    ["sftp", "--full"],
    ["delta", "--records", "5"],
    ["delta", "--growth"],
    ["query", "query"],
    ["load", "--full"],
    ["reset", "--full"],
    ["constructor"],
  ];
  for (const args of misspelt) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
    t.equal(status, 2, args.join(" "));
    t.equal(stdout, "");
    t.match(stderr, /^Usage: npm run bench -- load/);
  }
  t.end();
});

t.test("without xmllint the floor says which package to install", (t) => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "load", "--records", "10"], {
    encoding: "utf8",
    env: { PATH: "/nowhere" },
  });
  t.equal(status, 1);
  t.equal(
    stderr,
    "xmllint is not installed, and the floor needs it: install the Debian package libxml2-utils (apt-get install libxml2-utils).\n",
  );
  t.end();
});
