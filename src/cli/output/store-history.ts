import { shortId } from '../../core/short-id.ts';
import type { Verdict } from '../../store/api/versions.ts';
import type { ChangeSummary, CommitSummary, KeyChangeSummary } from '../../verbs/history/store-history.ts';
import type { Output } from './output.ts';
import { table } from './table.ts';

/** Changes of one commit that are named on its line. */
const NAMED = 5;

/** Renders commits of the whole store, one a line. */
export function renderStoreHistory(commits: readonly CommitSummary[], output: Output): string[] {
  if (commits.length === 0) return ['no commits'];
  const { colors } = output;
  const allVerified = commits.every(({ verified }) => verified === 'ok');
  return table(
    commits,
    [
      { heading: 'COMMIT', cell: ({ index }) => `${index}`, align: 'right', style: colors.bold },
      { heading: 'TIME', cell: ({ time }) => (time === undefined ? '' : output.time(time)) },
      { heading: 'AUTHOR', cell: ({ author }) => author?.name ?? '', maxChars: 24, spare: 2 },
      { heading: 'SIGNATURE', cell: ({ verified }) => verdictText(verified), ...(allVerified && { spare: 1 }) },
      { heading: 'WHAT', cell: describe, maxChars: 100 },
      { heading: 'MESSAGE', cell: ({ message }) => message ?? '', maxChars: 60 },
    ],
    output,
  );
}

function describe({ changes, changesOmitted = 0, keys = [] }: CommitSummary): string {
  const all = [...changes.map(describeChange), ...keys.map(describeKey)];
  const more = all.length - NAMED + changesOmitted;
  return more > 0 ? `${all.slice(0, NAMED).join(', ')} and ${more} more` : all.join(', ');
}

function describeChange({ action, name, version, restoredFrom, digest }: ChangeSummary): string {
  if (name === undefined) return `${action} ${shortId(digest)}`;
  return `${action} ${name}@${version}${restoredFrom === undefined ? '' : ` from ${restoredFrom}`}`;
}

function describeKey({ action, keyId, label = '', fromIndex }: KeyChangeSummary): string {
  if (keyId === undefined) return `${action} from commit ${fromIndex}`;
  return `${action} key ${shortId(keyId)} ${label}`.trimEnd();
}

/** Returns a verdict as a column shows it: anything but a sound version stands out. */
export function verdictText(verified: Verdict | 'purged'): string {
  return verified === 'ok' ? verified : verified.toUpperCase();
}
