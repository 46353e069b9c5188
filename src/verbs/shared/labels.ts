import { formatDigest } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { isObject } from '../../core/json/is-object.ts';
import { isConfigName } from '../../core/name.ts';
import { isLabel } from '../../core/version-reference.ts';
import type { Store } from '../../store/api/store.ts';
import { argumentInvalid } from './argument.ts';
import { structuredValue } from './content-changes.ts';
import { listed } from './text.ts';

/** The first segment of the configs that hold labels: those of `a/b` are in `labels/a/b`. */
export const LABELS = 'labels';

/** The version that a label stands for. */
export interface LabelTarget {
  readonly version: number;
  /** `sha256:<hex>` of that version. */
  readonly digest: string;
}

/** The labels of one config, and the version of the config that holds them; 0 for none. */
export interface Labels {
  readonly labels: Readonly<Record<string, LabelTarget>>;
  readonly version: number;
}

/** Returns the name of the config that holds the labels of another. @throws StoreError ARGUMENT_INVALID where there can be none */
export function labelsName(name: string): string {
  const holder = `${LABELS}/${name}`;
  if (isConfigName(holder)) return holder;
  throw argumentInvalid(
    `${name} cannot have labels: ${LABELS}/ and its name are no config name together`,
    'Seven segments, and 248 characters, are the most a name with labels may have.',
  );
}

/**
 * Reads the labels of a config, from an ordinary config that was signed and verified like any other.
 *
 * @throws StoreError CONTENT_INVALID for what holds no labels, and what a read throws
 */
export async function readLabels(store: Store, name: string): Promise<Labels> {
  const holder = labelsName(name);
  const read = await store.reader.read(holder).catch((error: unknown) => {
    if (isStoreError(error, 'NOT_FOUND')) return undefined;
    throw error;
  });
  if (read === undefined) return { labels: {}, version: 0 };
  const { row, bytes } = read;
  const labels = parseLabels(await structuredValue({ bytes, mediaType: row.mediaType }));
  if (labels !== undefined) return { labels, version: row.version };
  throw new StoreError('CONTENT_INVALID', `${holder} version ${row.version} holds no labels`, {
    hint: 'Restore a version of it that does.',
    advice: [{ do: 'list-history', name: holder }],
  });
}

/**
 * Returns the version that a label stands for, once that version has the digest that the label names.
 *
 * @throws StoreError NOT_FOUND with the labels there are, CONTENT_INVALID where the two do not fit
 */
export async function labelledVersion(store: Store, name: string, label: string): Promise<number> {
  const { labels } = await readLabels(store, name);
  const target = Object.hasOwn(labels, label) ? labels[label] : undefined;
  if (target === undefined) throw unknownLabel(name, label, Object.keys(labels));
  const { items } = await store.reader.versions(name, { before: target.version + 1, limit: 1 });
  const [row] = items;
  if (row?.version === target.version && formatDigest(row.digest) === target.digest) return target.version;
  throw new StoreError('CONTENT_INVALID', `the label ${label} does not fit version ${target.version} of ${name}`, {
    hint: 'It names other bytes than that version has: label the version again that is meant.',
    advice: [{ do: 'list-history', name }],
  });
}

/** Returns `NOT_FOUND` for a label that a config does not have. */
export function unknownLabel(name: string, label: string, labels: readonly string[]): StoreError {
  return new StoreError('NOT_FOUND', `no version of ${name} has the label ${label}`, {
    hint: labels.length === 0 ? 'It has no labels yet.' : `Its labels are ${listed(labels)}.`,
    advice: [{ do: 'list-history', name }],
  });
}

function parseLabels(value: unknown): Record<string, LabelTarget> | undefined {
  if (!isObject(value) || !isObject(value['labels'])) return undefined;
  const labels: Record<string, LabelTarget> = {};
  for (const [label, target] of Object.entries(value['labels'])) {
    if (!isLabel(label) || !isObject(target)) return undefined;
    const { version, digest } = target;
    if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) return undefined;
    if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
    labels[label] = { version, digest };
  }
  return labels;
}
