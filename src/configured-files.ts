import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { DEVELOPMENT_AUTHORITY_NAME } from "./identity/development-authority-name.ts";
import { chooseKeyFiles, parseSigningKey } from "./identity/signing-key-file.ts";
import type { Setting } from "./setting-reader.ts";

// Problems name the setting and the path, never what a file holds.

/** Checks that the file a setting names can be read; an absent setting is no problem here. */
export function checkReadable(name: Setting, path: string | undefined): string[] {
  if (path === undefined) return [];
  try {
    accessSync(path, constants.R_OK);
    if (statSync(path).isFile()) return [];
    return [`${name} is ${path}, which is not a file: set it to a PEM file.`];
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing
      ? [`${name} is ${path}, which does not exist: correct the path or put the file there.`]
      : [`${name} is ${path}, which this user may not read: give it the right to read that file.`];
  }
}

/** Checks that key and certificate (readable files) are PEM and belong together. */
export function checkServerPair(keyFile: string, certificateFile: string): string[] {
  const key = readPrivateKey(keyFile);
  const [certificate] = readCertificates(certificateFile);
  const problems: string[] = [];
  if (key === undefined) {
    problems.push(`TLS_KEY_FILE (${keyFile}) holds no private key in PEM without passphrase: set it to one.`);
  }
  if (certificate === undefined) {
    problems.push(`TLS_CERTIFICATE_FILE (${certificateFile}) holds no certificate in PEM: set it to one.`);
  }
  if (key && certificate && !certificate.checkPrivateKey(key)) {
    problems.push(
      `TLS_KEY_FILE (${keyFile}) is not the key of TLS_CERTIFICATE_FILE (${certificateFile}): set both to one pair, the server's certificate first in its file.`,
    );
  }
  return problems;
}

/** Checks that the readable file holds the certificates of at least one authority. */
export function checkAuthorities(name: Setting, path: string): string[] {
  const certificates = readCertificates(path);
  if (certificates.length > 0 && certificates.every(({ ca }) => ca)) return [];
  return [`${name} (${path}) must hold certificates of authorities in PEM, at least one and nothing else.`];
}

/** Checks that the folder holds keys that sign receipts and tokens (ES256), at least one of them private. */
export function checkSigningKeys(name: Setting, folder: string): string[] {
  try {
    const keys = readKeyNames(folder).map((file) => ({ file, key: parseSigningKey(readFileSync(file, "utf8")) }));
    const problems = keys
      .filter(({ key }) => key === undefined)
      .map(({ file }) => `${name} holds ${file}, which is not an EC P-256 key in PEM (PKCS#8): ${MAKE_SIGNING_KEY}`);
    if (problems.length > 0 || keys.some(({ key }) => key?.privateKey)) return problems;
    return [`${name} is ${folder}, which holds no private key in a file that ends in .pem: ${MAKE_SIGNING_KEY}`];
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return [`${name} is ${folder}, which does not exist: correct the path or make the folder.`];
    if (code === "ENOTDIR") return [`${name} is ${folder}, which is not a folder: set it to one that holds PEM files.`];
    return [`${name} is ${folder}, which this user may not read: give it the right to read the folder and its files.`];
  }
}

const MAKE_SIGNING_KEY = 'make one with "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256".';

/** The key files of a folder, by full path; none where the folder cannot be read. */
export function listSigningKeyFiles(folder: string): string[] {
  try {
    return readKeyNames(folder);
  } catch {
    return [];
  }
}

function readKeyNames(folder: string): string[] {
  return chooseKeyFiles(readdirSync(folder)).map((file) => join(folder, file));
}

/** True when a certificate in the file was issued by a development authority, wherever the file was copied to. */
export function isIssuedForDevelopment(path: string): boolean {
  return readCertificates(path).some(({ issuer }) => issuer.includes(DEVELOPMENT_AUTHORITY_NAME));
}

/** The path with links followed, or as it is where nothing is there. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function readPrivateKey(path: string): KeyObject | undefined {
  try {
    return createPrivateKey(readFileSync(path));
  } catch {
    return undefined;
  }
}

/** The certificates of a PEM file in their order; none where the file or one of its certificates cannot be read. */
function readCertificates(path: string): X509Certificate[] {
  try {
    const blocks = readFileSync(path, "utf8").match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
    return blocks.map((pem) => new X509Certificate(pem));
  } catch {
    return [];
  }
}

/** Whether `path` lies in `folder`, links followed. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(realPath(folder), realPath(path));
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
