import { isStoreError, StoreError } from '../../core/errors.ts';

/** Returns a failure as it is, one of a credential with the option for a person who sees that the place holds none. */
export function withWayOut(error: unknown): unknown {
  if (!isStoreError(error, 'SECRET_FOUND')) return error;
  const { code, message, hint, advice, details, cause } = error;
  const path = String(details?.['path'] ?? '');
  // Only a place of the content that is shown in full can be given back.
  if (!/^(?:\/|line )/.test(path) || path.includes('…')) return error;
  const way = `Where that is none, allow this one place: --allow-secret '${path}'.`;
  return new StoreError(code, message, { hint: `${hint} ${way}`, advice, cause, ...(details && { details }) });
}
