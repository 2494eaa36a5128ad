/** The notations of the guide, each as its validator understands it. */

/** A capital begins a word, or ends the name: `recordNumber`, `planB`. */
export function isLowerCamelCase(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9]|[A-Z](?=[a-z0-9]|$))*$/.test(text);
}

/** The same; points and underscores may part words. */
export function isQueryName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9]|[A-Z._](?=[a-z0-9])|[A-Z]$)*$/.test(text);
}

/** Abbreviations are words: `HttpStatus`. */
export function isUpperCamelCase(text: string): boolean {
  return /^(?:[A-Z][a-z0-9]+)+$/.test(text);
}

export function isUpperKebabCase(text: string): boolean {
  return /^[A-Z][a-z0-9]*(?:-[A-Z][a-z0-9]*)*$/.test(text);
}

/** `[prefix/]apiName/vN` behind nothing, an https host, or localhost. */
export function isServerUrl(url: string): boolean {
  const [, path] = /^(?:http:\/\/localhost[:0-9]{0,7}|https:\/\/[-\w@:%.+~#=]{1,256})?(\/?.*)$/.exec(url) ?? [];
  const segments = (path ?? "").replace(/^\/+/, "").split("/");
  const [apiName = "", version = ""] = segments.slice(-2);
  const isPrefix = (segment: string) => /^[A-Za-z0-9]*$/.test(segment);
  return (
    segments.length >= 2 &&
    /^v\d+$/.test(version) &&
    /^[a-z0-9](?:[a-z0-9]|[A-Z](?=[a-z0-9]))*$/.test(apiName) &&
    segments.slice(0, -2).every(isPrefix)
  );
}

/** Whether a media type is one of those allowed: `multipart/*` and structured suffixes (`+json`) count. */
export function isMediaType(mediaType: string, allowed: readonly string[]): boolean {
  const [type = "", subtype = ""] = mediaType.split(";", 1).join("").trim().toLowerCase().split("/");
  const suffix = /\+([^+]+)$/.exec(subtype)?.[1];
  return allowed.some((candidate) => {
    const [allowedType, allowedSubtype] = candidate.split("/");
    return type === allowedType && [subtype, suffix, "*"].includes(allowedSubtype);
  });
}
