/** The tables of a store, as they are named in statements: always with their schema, because a pooler forgets a search path. */
export interface Tables {
  readonly schema: string;
  readonly log: string;
  readonly objects: string;
  readonly drafts: string;
  readonly quarantine: string;
  readonly meta: string;
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
