/** The tables of a store, as they are named in statements: always with their schema, because a pooler forgets a search path. */
export interface Tables {
  readonly schema: string;
  readonly log: string;
  readonly objects: string;
  readonly drafts: string;
  readonly quarantine: string;
  readonly meta: string;
}

/** The most characters that are read of where a store was moved to. */
const MAX_MOVED_CHARS = 4_096;

/** Returns the statement that asks where the store was moved to; null while it is here. */
export function movedStatement({ meta }: Tables): string {
  return `SELECT left(moved_to, ${MAX_MOVED_CHARS}) AS moved_to FROM ${meta} LIMIT 1`;
}

/** Returns the tables below a schema, whose name needs no escaping: see address.ts. */
export function tablesOf(schema: string): Tables {
  const named = (table: string) => `"${schema}".${table}`;
  return {
    schema: `"${schema}"`,
    log: named('log'),
    objects: named('objects'),
    drafts: named('drafts'),
    quarantine: named('quarantine'),
    meta: named('meta'),
  };
}
