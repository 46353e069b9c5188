/** The most removed and added lines the exact algorithm looks for: its cost grows with the square of it. */
const MAX_EDITS = 2_000;

/**
 * Returns for each line of `after` the line of `before`, from 0, that it is; `undefined` for a line that is new. Texts that differ in
 * more than about 2,000 lines share only what they begin and end with.
 */
export async function lineOrigins(before: string, after: string): Promise<Array<number | undefined>> {
  const { diffLines } = await import('diff');
  const parts = diffLines(before, after, { maxEditLength: MAX_EDITS });
  if (parts === undefined) return sharedEnds(linesOf(before), linesOf(after));
  const origins: Array<number | undefined> = [];
  let old = 0;
  for (const { count, added, removed } of parts)
    for (let line = 0; line < count; line++) {
      if (!removed) origins.push(added ? undefined : old);
      if (!added) old++;
    }
  return origins;
}

function sharedEnds(before: readonly string[], after: readonly string[]): Array<number | undefined> {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return after.map((_, at) =>
    at < start ? at : at >= after.length - end ? at - after.length + before.length : undefined,
  );
}

/** Returns lines with their line feeds; the last may have none. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
