import { execFileSync } from "node:child_process";

/** Debian packages of what the tests call. `.ci/run` installs them all. */
const PACKAGES = {
  sshd: "openssh-server",
  sftp: "openssh-client",
  lftp: "lftp",
  paramiko: "python3-paramiko",
  asyncssh: "python3-asyncssh",
  "ssh-audit": "ssh-audit",
  nss_wrapper: "libnss-wrapper",
  chromium: "chromium",
} as const;
export type Tool = keyof typeof PACKAGES;

const PROBES: Readonly<Partial<Record<Tool, string>>> = {
  paramiko: "/usr/bin/python3 -c 'import paramiko'",
  asyncssh: "/usr/bin/python3 -c 'import asyncssh'",
  nss_wrapper: "LD_PRELOAD=libnss_wrapper.so true 2>&1 | grep -q . && exit 1 || exit 0",
};

/** What a test that needs these tools says where it is skipped; false where it runs. Under `.ci/run` it always runs. */
export function skipWithout(...tools: readonly Tool[]): string | false {
  if (process.env.CI) return false;
  const missing = tools.filter((tool) => !isInstalled(tool));
  if (missing.length > 0) {
    const packages = missing.map((tool) => PACKAGES[tool]).join(" ");
    return `not installed: ${missing.join(", ")} (as root: apt-get install ${packages})`;
  }
  if (tools.includes("sshd") && process.getuid?.() !== 0)
    return "sshd shuts users into folders as root only: run as root";
  return false;
}

function isInstalled(tool: Tool): boolean {
  try {
    execFileSync("sh", ["-c", PROBES[tool] ?? `PATH=$PATH:/usr/sbin command -v ${tool}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
