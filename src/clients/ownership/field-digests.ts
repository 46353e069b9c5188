import { sha256Hex } from '../../core/digest.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import { formatPointer, parsePointer } from '../../core/json/pointer.ts';
import { valueAt } from '../canonical/from-client.ts';
import { spelledAs } from '../canonical/merge-fields.ts';
import { hasReference } from '../canonical/references.ts';
import { isTexts } from '../canonical/server.ts';
import type { Field } from '../canonical/to-client.ts';
import type { Dialect } from '../dialects/dialect.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Before the digest of a value that refers to a variable: a person may put the value itself in its place. */
const REFERENCE = 'ref:';

/**
 * Returns the digests of the fields of an entry that are ours. Of a text that refers to a variable it is the digest of that text,
 * whatever stands in the file, so that no digest of a secret is ever kept; of a list with such texts it is the digest of that list,
 * then the places of those texts and the digest of the others.
 *
 * @param entry the entry as it is written, in which a field may have another name
 */
export function fieldDigests(dialect: Dialect, entry: Entry, fields: readonly Field[]): Record<string, string> {
  const digests: [string, string][] = [];
  for (const field of fields) {
    const path = spelledAs(dialect, entry, field.path);
    const there = valueAt(entry, path);
    if (there === undefined) continue;
    const text = field.reference ?? field.value;
    digests.push([formatPointer(path), referenceDigest(dialect, field, text) ?? digestOf(there)]);
  }
  return Object.fromEntries(digests);
}

function referenceDigest({ variables }: Dialect, field: Field, text: unknown): string | undefined {
  if (typeof text === 'string')
    return field.reference !== undefined || hasReference(text, variables) ? `${REFERENCE}${digestOf(text)}` : undefined;
  if (!isTexts(text)) return undefined;
  const places = text.flatMap((item, i) => (hasReference(item, variables) ? [i] : []));
  return places.length === 0
    ? undefined
    : `${REFERENCE}${digestOf(text)}:${places.join()}:${digestWithout(text, places)}`;
}

function digestWithout(texts: readonly string[], places: readonly number[]): string {
  return digestOf(texts.map((item, i) => (places.includes(i) ? null : item)));
}

/** Returns true when a field of an entry is as it was written, or holds the value of the variable it referred to. */
export function isAsWritten(dialect: Dialect, entry: Entry, pointer: string, digest: string): boolean {
  const value = valueAt(entry, parsePointer(pointer) ?? []);
  if (value === undefined) return false;
  if (!digest.startsWith(REFERENCE)) return digestOf(value) === digest;
  const [whole, at, others] = digest.slice(REFERENCE.length).split(':');
  if (digestOf(value) === whole) return true;
  if (at === undefined) return typeof value === 'string' && !hasReference(value, dialect.variables);
  const places = at.split(',').map(Number);
  return (
    isTexts(value) &&
    digestWithout(value, places) === others &&
    places.every((i) => !hasReference(value[i] ?? '', dialect.variables))
  );
}

/** Returns true for the digest of a text that refers to a variable. */
export function refersToVariable(digest: string | undefined): boolean {
  return digest?.startsWith(REFERENCE) === true;
}

/** Returns true when the file holds exactly the bytes of the value that was written: only such a value is shown. */
export function isOurValue(entry: Entry, pointer: string, digest: string | undefined): boolean {
  const value = valueAt(entry, parsePointer(pointer) ?? []);
  return digest !== undefined && value !== undefined && digestOf(value) === digest.replace(REFERENCE, '').split(':')[0];
}

/** Returns the digest of a JSON value. */
export function digestOf(value: unknown): string {
  return sha256Hex(Buffer.from(canonicalJson(value)));
}
