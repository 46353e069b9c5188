import type { StoreError } from '../../core/errors.ts';
import type { Finding } from '../api/maintenance.ts';
import type { LostParts } from './lost-commits.ts';
import { findStrays } from './strays.ts';

/** Returns warnings about what surrounds the log: drafts, the cache, and files that are none of the store's. */
export async function checkSurroundings(
  parts: LostParts & { readonly damagedDrafts: () => Promise<readonly StoreError[]> },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { code, message, hint, advice } of await parts.damagedDrafts())
    findings.push({ severity: 'warning', code, where: 'drafts', message, hint, advice });
  if (!(await parts.view.ask((cache) => cache.isSound())))
    findings.push({
      severity: 'warning',
      code: 'CORRUPT',
      where: 'state/cache.sqlite',
      message: 'SQLite finds the cache damaged',
      hint: 'Nothing is lost: it is made again from the log.',
      advice: [{ do: 'rebuild' }],
    });
  // Rule: nothing lies among the store's files that is none of them; above all no signed commit that lost its place.
  return [...findings, ...(await findStrays(parts, 'all'))];
}
