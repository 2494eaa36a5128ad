/** An object of the document, as it was made from schemas; nothing is known of its members. */
type Node = Record<string, unknown>;

/**
 * Gives every object that is described in place a title, from which code generators name it (Belgif rule oas-descr): its
 * own, or that of what it stands in and the name it has there. Answers copies: schemas are shared between routes.
 */
export function titleObjects(schema: unknown, title: string): unknown {
  if (!isNode(schema) || "$ref" in schema) return schema;
  const own = typeof schema.title === "string" ? schema.title : title;
  const below = (child: unknown, name: string) => titleObjects(child, own + capitalize(name));
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(schema.type === "object" && { title: own }),
    ...(isNode(properties) && { properties: mapMembers(properties, below) }),
    ...(isNode(items) && { items: below(items, "Item") }),
    ...(isNode(additionalProperties) && { additionalProperties: below(additionalProperties, "Value") }),
  };
}

/** The same for the JSON bodies in a content map. */
export function titleContent(content: unknown, title: string): unknown {
  if (!isNode(content)) return content;
  return mapMembers(content, (body) =>
    isNode(body) && "schema" in body ? { ...body, schema: titleObjects(body.schema, title) } : body,
  );
}

export function mapMembers(node: Node, change: (member: unknown, name: string) => unknown): Node {
  return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, change(member, name)]));
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
