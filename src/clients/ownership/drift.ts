import type { Dialect } from '../dialects/dialect.ts';
import { isAsWritten } from './field-digests.ts';
import type { WrittenFields } from './ledger.ts';

/** How an entry that is ours differs from what was written. */
export type Drift = 'missing' | 'changed' | 'other-program';

/** Members that say which program runs, or which server answers. */
const PROGRAM = /^\/(?:command|cmd|args|url|uri|httpUrl|serverUrl)$/;

/** Compares an entry with the fields that were written; undefined when they are as they were. */
export function driftOf(
  dialect: Dialect,
  entry: Readonly<Record<string, unknown>> | undefined,
  fields: WrittenFields,
): Drift | undefined {
  if (entry === undefined) return 'missing';
  const changed = Object.entries(fields).filter(([pointer, digest]) => !isAsWritten(dialect, entry, pointer, digest));
  if (changed.length === 0) return undefined;
  return changed.some(([pointer]) => PROGRAM.test(pointer)) ? 'other-program' : 'changed';
}

/** Returns false for an entry that is switched off in the file. */
export function isEnabled({ off }: Dialect, entry: Readonly<Record<string, unknown>>): boolean {
  if (off === undefined) return true;
  const other = off.member === 'enabled' ? 'disabled' : 'enabled';
  return entry[off.member] !== off.when && entry[other] !== !off.when;
}
