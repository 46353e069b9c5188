import type { Output } from './output.ts';

/** One page of a verb that answers in pages. */
interface PageOf<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly nextCursor?: string | undefined;
}

/** The largest page the verbs give. */
const PAGE_SIZE = 200;

/** Returns the line under a list that was cut; none for a whole one. */
export function cutLine(shown: number, total: number, { colors }: Output): string[] {
  return shown < total ? [colors.dim(`  ${shown} of ${total} shown; a higher --limit, or none, shows more`)] : [];
}

/** Collects all items of a paged verb, or the first `limit` of them. */
export async function collectPages<T>(
  limit: number | undefined,
  next: (cursor: string | undefined, pageSize: number) => Promise<PageOf<T>>,
): Promise<{ items: readonly T[]; total: number }> {
  const items: T[] = [];
  const wanted = limit ?? Number.POSITIVE_INFINITY;
  let cursor: string | undefined;
  let total = 0;
  do {
    const page = await next(cursor, Math.min(PAGE_SIZE, wanted - items.length));
    items.push(...page.items);
    cursor = page.nextCursor;
    total = page.total;
  } while (cursor !== undefined && items.length < wanted);
  return { items, total };
}
