/**
 * A version of a config as it is asked for: its number; `latest`; a negative number, counted back from the newest; the
 * newest version as of a commit; or the one that has a label.
 */
export type VersionReference = number | 'latest' | `commit:${number}` | `label:${string}`;

/** Returns the reference that a text or a number spells, an `@` in front left aside; `undefined` when it spells none. */
export function parseVersionReference(given: unknown): VersionReference | undefined {
  const text = (typeof given === 'number' ? String(given) : given) as string;
  if (typeof text !== 'string') return undefined;
  const [, word, commit, label] =
    /^(?:(latest|-?[1-9]\d{0,14})|commit:(0|[1-9]\d{0,14})|label:(.{1,63}))$/i.exec(text.trim().replace(/^@/, '')) ??
    [];
  if (commit !== undefined) return `commit:${Number(commit)}`;
  if (label !== undefined) return isLabel(label) ? `label:${label}` : undefined;
  if (word === undefined) return undefined;
  return /^latest$/i.test(word) ? 'latest' : Number(word);
}

/** Returns the index of the commit that a reference names; `undefined` for one that names none. */
export function commitIndexOf(reference: VersionReference): number | undefined {
  return typeof reference === 'string' && reference.startsWith('commit:')
    ? Number(reference.slice('commit:'.length))
    : undefined;
}

/** Returns the label that a reference names; `undefined` for one that names none. */
export function labelOf(reference: VersionReference): string | undefined {
  return typeof reference === 'string' && reference.startsWith('label:') ? reference.slice('label:'.length) : undefined;
}

/** Words that mean a version, or that a reader could take for one. */
const TAKEN: readonly string[] = ['latest', 'newest', 'head', 'draft'];

/** Returns true for what a version may be labelled: `[a-z][a-z0-9._-]{0,62}`, except for words that mean a version. */
export function isLabel(text: string): boolean {
  return /^[a-z][a-z0-9._-]{0,62}$/.test(text) && !TAKEN.includes(text);
}
