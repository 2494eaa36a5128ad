// The dependency injection inside @peculiar/x509 asks for three functions of the metadata proposal when it is loaded.
// Import this file before that package. A complete polyfill loaded earlier is left alone.

type Metadata = Map<unknown, unknown>;

const metadataByTarget = new WeakMap<object, Metadata>();

function defineMetadata(key: unknown, value: unknown, target: object): void {
  const metadata = metadataByTarget.get(target) ?? new Map<unknown, unknown>();
  metadataByTarget.set(target, metadata.set(key, value));
}

function getOwnMetadata(key: unknown, target: object): unknown {
  return metadataByTarget.get(target)?.get(key);
}

function getMetadata(key: unknown, target: object): unknown {
  for (let owner: object | null = target; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const value = getOwnMetadata(key, owner);
    if (value !== undefined) return value;
  }
  return undefined;
}

if (!("getMetadata" in Reflect)) Object.assign(Reflect, { defineMetadata, getOwnMetadata, getMetadata });
