import { StoreError } from '../../core/errors.ts';

/** The value of `--expect-store`. @throws StoreError `ARGUMENT_INVALID` */
export function parseStoreId(text: string): string {
  const id = text.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(id)) return id;
  throw new StoreError('ARGUMENT_INVALID', '--expect-store is not a store id', {
    hint: 'It has 64 hex characters; "config-store status" shows it.',
  });
}
