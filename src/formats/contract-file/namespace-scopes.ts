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

interface Scope {
  /** Elements open outside the element that declared this scope. */
  readonly depth: number;
  readonly prefixes: ReadonlyMap<string, string>;
  /** Names of the vocabulary as this scope spells them, so that a usual element costs one look-up. */
  readonly spelled: ReadonlyMap<string, number>;
}

/** Attributes of one element as two parallel lists, of which the first `count` are in use. */
export interface AttributeList {
  readonly names: string[];
  readonly values: string[];
  count: number;
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
    this.#scope = { depth: -1, prefixes, spelled: new Map() };
  }

  /** The number of an element name that belongs to the vocabulary, else undefined. */
  findElement(name: string): number | undefined {
    return this.#scope.spelled.get(name);
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
      prefixes ??= new Map(this.#scope.prefixes);
      const fault = declare(prefixes, name === "xmlns" ? "" : name.slice(6), attributes.values[i] ?? "");
      if (fault !== undefined) return fault;
    }
    if (prefixes !== undefined) {
      this.#outer.push(this.#scope);
      this.#scope = { depth, prefixes, spelled: this.#spell(prefixes) };
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

  #spell(prefixes: ReadonlyMap<string, string>): Map<string, number> {
    const spelled = new Map<string, number>();
    for (const [prefix, uri] of prefixes) {
      if (uri !== this.#namespace) continue;
      for (const [local, id] of this.#vocabulary) spelled.set(prefix === "" ? local : `${prefix}:${local}`, id);
    }
    return spelled;
  }
}

function declare(prefixes: Map<string, string>, prefix: string, uri: string): NamespaceFault | undefined {
  if (prefix === "xmlns" || uri === XMLNS_NAMESPACE) return "prefixReserved";
  if ((prefix === "xml") !== (uri === XML_NAMESPACE)) return "prefixReserved";
  if (prefix !== "" && !isLocalName(prefix)) return "nameNotQualified";
  if (prefix !== "" && uri === "") return "prefixUndeclared";
  prefixes.set(prefix, uri);
  return undefined;
}

/** The parser has checked the characters; what is left is that a part of a qualified name starts like a name. */
function isLocalName(text: string): boolean {
  return text !== "" && !text.includes(":") && !/^(?:[-.\d\u00b7\u203f\u2040]|\p{M})/u.test(text);
}
