import type { Guidance } from '../../core/advice.ts';
import { formatDigest } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import { checkName } from '../../core/name.ts';
import type { Receipt } from '../../core/receipt.ts';
import { isLabel, type VersionReference } from '../../core/version-reference.ts';
import type { Store } from '../../store/api/store.ts';
import { commitOne } from '../configs/commit-version.ts';
import { readVersion } from '../configs/read-version.ts';
import { admitMessage } from '../shared/admission.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { type LabelTarget, labelsName, readLabels, unknownLabel } from '../shared/labels.ts';
import { unknownConfig } from '../shared/not-found.ts';
import { count } from '../shared/text.ts';

/** How often a change is worked out again when another one came first. */
const ATTEMPTS = 5;

/** A label, and the version it is for. */
export interface LabelVersionRequest {
  readonly name: string;
  /** The newest unless given. */
  readonly version?: VersionReference | undefined;
  readonly label: string;
  readonly message?: string | undefined;
}

/** The labels of a config after a change. */
export interface LabelResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly name: string;
  readonly labels: readonly LabelSummary[];
  /** False when it was so already. */
  readonly created: boolean;
  /** Of the newest version of the labels; absent where nothing was committed. */
  readonly receipt?: Receipt | undefined;
}

/** One label. */
export interface LabelSummary extends LabelTarget {
  readonly label: string;
}

/**
 * Gives a version a label, which stands for it until the label is given to another: signed, as a version of the config that holds
 * the labels.
 *
 * @throws StoreError NOT_FOUND, ARGUMENT_INVALID for what is no label, and what a read and a commit throw
 */
export async function labelVersion(ctx: Context, request: LabelVersionRequest): Promise<LabelResult> {
  const name = checkName(request.name);
  const label = checkLabel(request.label);
  const store = await ctx.store();
  const { row } = await readVersion(store, name, request.version);
  const target = { version: row.version, digest: formatDigest(row.digest) };
  const message = request.message ?? `label ${name}@${row.version} ${label}`;
  const changed = await change(ctx, store, { name, message }, (labels) => ({ ...labels, [label]: target }));
  return { summary: `${name}@${row.version} is ${label}${changed.created ? '' : ' already'}`, ...changed };
}

/** Takes a label away. @throws StoreError NOT_FOUND, and what a commit throws */
export async function removeLabel(
  ctx: Context,
  request: { readonly name: string; readonly label: string; readonly message?: string | undefined },
): Promise<LabelResult> {
  const name = checkName(request.name);
  const { label } = request;
  const message = request.message ?? `remove the label ${label} of ${name}`;
  const changed = await change(ctx, await ctx.store(), { name, message }, (labels) => {
    if (!Object.hasOwn(labels, label)) throw unknownLabel(name, label, Object.keys(labels));
    const { [label]: _, ...others } = labels;
    return others;
  });
  return { summary: `${name} has no label ${label} any longer`, ...changed };
}

/** Returns the labels of a config, by label. @throws StoreError NOT_FOUND when there is no such config, and what a read throws */
export async function listLabels(ctx: Context, request: { readonly name: string }): Promise<LabelResult> {
  const name = checkName(request.name);
  const store = await ctx.store();
  const { labels } = await readLabels(store, name);
  if (Object.keys(labels).length === 0 && (await store.reader.head(name)) === undefined)
    throw await unknownConfig(store, name);
  const all = summaries(labels);
  return { summary: `${name} has ${count(all.length, 'label')}`, name, labels: all, created: false };
}

async function change(
  ctx: Context,
  store: Store,
  { name, message }: { name: string; message: string },
  make: (labels: Readonly<Record<string, LabelTarget>>) => Record<string, LabelTarget>,
): Promise<Omit<LabelResult, 'summary'>> {
  const holder = labelsName(name);
  await admitMessage(ctx, holder, message);
  for (let attempt = 1; ; attempt++) {
    const { labels, version: expectedVersion } = await readLabels(store, name);
    const made = make(labels);
    const bytes = Buffer.from(canonicalJson({ labels: made }));
    try {
      const put = { action: 'put', name: holder, bytes, mediaType: 'application/json', expectedVersion } as const;
      const { created, receipt } = await commitOne(ctx, store, put, message);
      return { name, labels: summaries(made), created, receipt };
    } catch (error) {
      // Another label came first: it stays, and this one is added to it.
      if (!isStoreError(error, 'VERSION_CONFLICT') || attempt === ATTEMPTS) throw error;
    }
  }
}

function summaries(labels: Readonly<Record<string, LabelTarget>>): LabelSummary[] {
  return Object.keys(labels)
    .sort()
    .map((label) => ({ label, ...(labels[label] as LabelTarget) }));
}

function checkLabel(label: string): string {
  if (isLabel(label)) return label;
  throw argumentInvalid(
    `${JSON.stringify(label.slice(0, 80))} is no label`,
    'Begin with a letter a-z; then up to 62 of a-z, 0-9, ".", "_" and "-". "latest", "newest", "head" and "draft" are taken.',
  );
}
