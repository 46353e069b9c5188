import { isHexDigest } from '../../core/digest.ts';
import { parsePointer, showPointer } from '../../core/json/pointer.ts';
import { isConfigName } from '../../core/name.ts';

/** The value in an event for text that was not in the required form. */
export const UNKNOWN = '(other)';

/** Returns text of a client's own choosing, cut to `maxChars` UTF-16 code units. */
export function cleanText(text: string, maxChars = 100): string {
  return text.slice(0, maxChars).toWellFormed();
}

/** Returns a tool's or command's name; anything that cannot be one is left out, because callers choose what they send. */
export function cleanTool(name: string): string {
  return /^[a-z][a-z0-9_ -]{0,63}$/.test(name) ? name : UNKNOWN;
}

/** Returns a config name, when it is one. */
export function cleanConfig(name: string | undefined): string | undefined {
  return isConfigName(name) ? name : undefined;
}

/** Returns the `traceparent` of W3C Trace Context, when it is in the form that recommendation gives it (section 3.2). */
export function cleanTraceparent(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(text) ? text : undefined;
}

/** Returns a protocol revision, when it is a date. */
export function cleanRevision(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
}

/** Returns the URI of one of our resources; any other is the caller's text. */
export function cleanUri(uri: string): string {
  if (/^store:\/\/[a-z]{1,20}$/.test(uri)) return uri;
  const artifact = /^artifact:\/\/sha256\/(.+)$/.exec(uri)?.[1];
  if (artifact !== undefined) return isHexDigest(artifact) ? uri : UNKNOWN;
  const config = /^config:\/\/([^@]+)(?:@\d{1,10})?$/.exec(uri)?.[1];
  return isConfigName(config) ? uri : UNKNOWN;
}

/** Returns a JSON Pointer with every name that could itself be a secret shown as `…`. */
export function cleanPointer(pointer: unknown): string | undefined {
  const tokens = typeof pointer === 'string' ? parsePointer(pointer) : undefined;
  return tokens === undefined ? undefined : showPointer(tokens);
}

/** Returns the name of a rule: a word of ours or of the secret scanner. */
export function cleanRule(rule: unknown): string | undefined {
  return typeof rule === 'string' && /^[\w@/.:-]{1,100}$/.test(rule) ? rule : undefined;
}
