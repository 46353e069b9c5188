/**
 * A version of a config as it is asked for: its number; `latest`; a negative number, counted back from the newest; or
 * the newest version as of a commit.
 */
export type VersionReference = number | 'latest' | `commit:${number}`;

/** Returns the reference that a text or a number spells, an `@` in front left aside; `undefined` when it spells none. */
export function parseVersionReference(given: unknown): VersionReference | undefined {
  const text = (typeof given === 'number' ? String(given) : given) as string;
  if (typeof text !== 'string') return undefined;
  const [, word, commit] =
    /^(?:(latest|-?[1-9]\d{0,14})|commit:(0|[1-9]\d{0,14}))$/i.exec(text.trim().replace(/^@/, '')) ?? [];
  if (commit !== undefined) return `commit:${Number(commit)}`;
  if (word === undefined) return undefined;
  return /^latest$/i.test(word) ? 'latest' : Number(word);
}

/** Returns the index of the commit that a reference names; `undefined` for one that names none. */
export function commitIndexOf(reference: VersionReference): number | undefined {
  return typeof reference === 'string' && reference !== 'latest'
    ? Number(reference.slice('commit:'.length))
    : undefined;
}
