import { formatDigest } from '../../core/digest.ts';
import type { Context } from '../../verbs/shared/context.ts';

/** Values to offer while a person types an argument; 100 values at most, as the protocol asks. */
export interface Completion {
  names(value: string): Promise<string[]>;
  versions(value: string, name: string | undefined): Promise<string[]>;
  digests(value: string): Promise<string[]>;
}

const LIMIT = 100;

/** Creates completion from the store; where it cannot be read there is nothing to offer, and no error. */
export function createCompletion(context: Context): Completion {
  return {
    names: (value) =>
      offer(async () => {
        const store = await context.store();
        return (await store.reader.heads({ prefix: value, limit: LIMIT })).items.map((row) => row.name);
      }),
    versions: (value, name) =>
      offer(async () => {
        if (name === undefined) return [];
        const store = await context.store();
        return (await store.reader.versions(name, { limit: LIMIT })).items
          .map((row) => String(row.version))
          .filter((version) => version.startsWith(value));
      }),
    digests: (value) =>
      offer(async () => {
        const store = await context.store();
        const rows = (await store.reader.heads({ limit: LIMIT })).items;
        return rows
          .map((row) => row.digest)
          .filter((hex) => hex.startsWith(value) || formatDigest(hex).startsWith(value));
      }),
  };
}

async function offer(values: () => Promise<string[]>): Promise<string[]> {
  try {
    return await values();
  } catch {
    // The tools say why the store cannot be read; a completion has no place for it.
    return [];
  }
}
