import type { AttributeList } from "./attribute-scanner.ts";
import { isLocalName } from "./xml-names.ts";

const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";

/** A name resolved against the declarations in force. */
export interface ResolvedName {
  readonly namespace: string;
  readonly local: string;
}

/** Why a name or a declaration breaks "Namespaces in XML 1.0". */
export type NamespaceFault =
  | "nameNotQualified"
  | "prefixNotDeclared"
  | "prefixReserved"
  | "prefixUndeclared"
  | "attributeRepeated";

/** A name of the vocabulary as a scope spells it. */
export interface KnownName {
  readonly name: string;
  readonly number: number;
}

/** Places for the names of a scope, by length and end letters: a power of two, and enough to keep them apart. */
const NAME_PLACES = 256;

interface Scope {
  /** Elements open outside the element that declared this scope. */
  readonly depth: number;
  readonly prefixes: ReadonlyMap<string, string>;
  /** Names of the vocabulary as this scope spells them, so that a usual element costs one comparison. */
  readonly spelled: ReadonlyMap<string, KnownName>;
  readonly places: readonly (KnownName | undefined)[];
}

/**
 * Resolves prefixes for a parser that does not. `vocabulary` gives the local names of `namespace` a number.
 * Follows "Namespaces in XML 1.0 (third edition)".
 */
export class NamespaceScopes {
  readonly #namespace: string;
  readonly #vocabulary: ReadonlyMap<string, number>;
  #scope: Scope;
  readonly #outer: Scope[] = [];

  constructor(namespace: string, vocabulary: ReadonlyMap<string, number>) {
    this.#namespace = namespace;
    this.#vocabulary = vocabulary;
    const prefixes = new Map([
      ["xml", XML_NAMESPACE],
      ["", ""],
    ]);
    this.#scope = { depth: -1, prefixes, spelled: new Map(), places: [] };
  }

  /** The name `text[start, end)` if it is one of the vocabulary, else undefined. Cuts no string where it is. */
  findElement(text: string, start: number, end: number): KnownName | undefined {
    const first = text.charCodeAt(start);
    const known = this.#scope.places[placeOf(first, text.charCodeAt(end - 1), end - start)];
    if (known !== undefined && known.name.length === end - start && text.startsWith(known.name, start)) return known;
    return this.#scope.spelled.get(text.slice(start, end));
  }

  /** Declarations in force, prefix to namespace, without the built-in one. */
  get declarations(): Record<string, string> {
    return Object.fromEntries(
      [...this.#scope.prefixes].filter(([prefix, uri]) => prefix !== "xml" && (prefix !== "" || uri !== "")),
    );
  }

  /** Applies the declarations of an element with `depth` elements around it and checks its attribute names. */
  enter(attributes: AttributeList, depth: number): NamespaceFault | undefined {
    let prefixes: Map<string, string> | undefined;
    let qualified = 0;
    for (let i = 0; i < attributes.count; i++) {
      const name = attributes.names[i] ?? "";
      const isDeclaration = name === "xmlns" || name.startsWith("xmlns:");
      if (!isDeclaration) {
        if (name.includes(":")) qualified++;
        continue;
      }
      if (name === "xmlns:") return "nameNotQualified";
      prefixes ??= new Map(this.#scope.prefixes);
      const fault = declare(prefixes, name === "xmlns" ? "" : name.slice(6), attributes.values[i] ?? "");
      if (fault !== undefined) return fault;
    }
    if (prefixes !== undefined) {
      this.#outer.push(this.#scope);
      const spelled = this.#spell(prefixes);
      this.#scope = { depth, prefixes, spelled, places: layOut(spelled) };
    }
    return qualified === 0 ? undefined : this.#checkQualified(attributes);
  }

  /** Forgets what the element with `depth` elements around it declared. */
  leave(depth: number): void {
    if (this.#scope.depth !== depth) return;
    this.#scope = this.#outer.pop() ?? this.#scope;
  }

  /** Resolves the name of an element, or says why it has no meaning. */
  resolveElement(name: string): ResolvedName | NamespaceFault {
    const colon = name.indexOf(":");
    if (colon === -1) return { namespace: this.#scope.prefixes.get("") ?? "", local: name };
    return this.#resolveQualified(name, colon);
  }

  /** Resolves the name of an attribute that declares nothing; without a prefix it has no namespace. */
  resolveAttribute(name: string): ResolvedName | NamespaceFault {
    const colon = name.indexOf(":");
    return colon === -1 ? { namespace: "", local: name } : this.#resolveQualified(name, colon);
  }

  #resolveQualified(name: string, colon: number): ResolvedName | NamespaceFault {
    const prefix = name.slice(0, colon);
    const local = name.slice(colon + 1);
    if (prefix === "" || !isLocalName(local)) return "nameNotQualified";
    if (prefix === "xmlns") return "prefixReserved";
    const namespace = this.#scope.prefixes.get(prefix);
    return namespace === undefined ? "prefixNotDeclared" : { namespace, local };
  }

  #checkQualified(attributes: AttributeList): NamespaceFault | undefined {
    const seen = new Set<string>();
    for (let i = 0; i < attributes.count; i++) {
      const name = attributes.names[i] ?? "";
      if (!name.includes(":") || name.startsWith("xmlns:")) continue;
      const resolved = this.resolveAttribute(name);
      if (typeof resolved === "string") return resolved;
      const expanded = `{${resolved.namespace}}${resolved.local}`;
      if (seen.has(expanded)) return "attributeRepeated";
      seen.add(expanded);
    }
    return undefined;
  }

  #spell(prefixes: ReadonlyMap<string, string>): Map<string, KnownName> {
    const spelled = new Map<string, KnownName>();
    for (const [prefix, uri] of prefixes) {
      if (uri !== this.#namespace) continue;
      for (const [local, number] of this.#vocabulary) {
        const name = prefix === "" ? local : `${prefix}:${local}`;
        spelled.set(name, { name, number });
      }
    }
    return spelled;
  }
}

function layOut(spelled: ReadonlyMap<string, KnownName>): (KnownName | undefined)[] {
  const places = new Array<KnownName | undefined>(NAME_PLACES).fill(undefined);
  for (const known of spelled.values()) {
    const { name } = known;
    places[placeOf(name.charCodeAt(0), name.charCodeAt(name.length - 1), name.length)] = known;
  }
  return places;
}

function placeOf(first: number, last: number, length: number): number {
  return (first * 5 + last * 11 + length * 23) & (NAME_PLACES - 1);
}

function declare(prefixes: Map<string, string>, prefix: string, uri: string): NamespaceFault | undefined {
  if (prefix === "xmlns" || uri === XMLNS_NAMESPACE) return "prefixReserved";
  if ((prefix === "xml") !== (uri === XML_NAMESPACE)) return "prefixReserved";
  if (prefix !== "" && !isLocalName(prefix)) return "nameNotQualified";
  if (prefix !== "" && uri === "") return "prefixUndeclared";
  prefixes.set(prefix, uri);
  return undefined;
}
