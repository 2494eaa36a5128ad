import { stripVTControlCharacters } from "node:util";

/** Loads `oidc-provider`, whose warnings of that moment (it knows no runtime by name that is too new) go to `warn`. */
export async function loadOidcProvider(warn: (text: string) => void): Promise<typeof import("oidc-provider")> {
  const { warn: toConsole } = console;
  console.warn = (...parts: unknown[]) => {
    const [text] = parts;
    if (typeof text === "string" && text.includes("oidc-provider")) warn(stripVTControlCharacters(text));
    else toConsole.apply(console, parts);
  };
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = toConsole;
  }
}
