import type { Notice } from '../../../core/notice.ts';
import { shortId } from '../../../core/short-id.ts';
import type { StoreStatus } from '../../../store/api/state.ts';
import { DAY_MS } from '../../../telemetry/events/day-file.ts';
import { type AttentionItem, ago } from '../../../telemetry/review/look-facts.ts';
import { DUE_MS, type UpkeepFacts } from '../../../telemetry/review/upkeep.ts';
import { count } from '../../shared/text.ts';
import type { FoundChanges } from './log-changes.ts';

/** Configs whose new programs are named, and programs of one. */
const CONFIGS_NAMED = 10;
const PROGRAMS_NAMED = 8;

/**
 * Says what speaks against believing the store, and what a verification found.
 *
 * @param isWhole false for a reader who does not reach every config: then no place is named
 */
export function doubts({ notices, writable, verified: { failed } }: StoreStatus, isWhole: boolean): AttentionItem[] {
  const items = notices.map(fromNotice);
  if (writable !== undefined && !notices.some(({ code }) => code === writable.code))
    items.push({
      severity: 'error',
      title: 'Nothing can be written',
      details: [writable.message],
      ...guidance(writable),
    });
  if (failed !== undefined)
    items.push({
      severity: 'error',
      title: 'A verification found damage',
      details: [isWhole ? `${failed.code} ${failed.where}` : failed.code],
      hint: 'It counts until a verification passes.',
      advice: [{ do: 'verify' }],
    });
  return items;
}

/** Returns a notice as something to look at. */
export function fromNotice({ severity, code, message, hint, advice }: Notice): AttentionItem {
  // A server that waits for its client has no stop event either.
  return { severity: code === 'NO_STOP_EVENT' ? 'info' : severity, title: message, ...guidance({ hint, advice }) };
}

/** Says which commits do not verify, and which events name a commit that the log does not have. */
export function unverified(
  { unverified: found, commits }: FoundChanges,
  { commits: named }: UpkeepFacts,
): AttentionItem[] {
  const items: AttentionItem[] = [];
  if (found.length > 0)
    items.push({
      severity: 'error',
      title: `${count(found.length, 'commit')} did not verify`,
      details: found.slice(0, 10).map((index) => `commit ${index}`),
      advice: [{ do: 'verify' }],
    });
  const others = [...named].filter(([index, commit]) => commits.has(index) && commits.get(index) !== commit);
  if (others.length > 0)
    items.push({
      severity: 'warning',
      title: 'Events name commits that are not in the log',
      details: others.slice(0, 10).map(([index, commit]) => `commit ${index} ${shortId(commit)}`),
      hint: 'The log was rolled back or replaced, or the lines are made up.',
      advice: [{ do: 'verify' }],
    });
  return items;
}

/** Says which programs and addresses came into configs. */
export function newPrograms({ programs }: FoundChanges): AttentionItem[] {
  if (programs.size === 0) return [];
  const all = [...programs.values()].reduce((sum, { length }) => sum + length, 0);
  const details = [...programs].slice(0, CONFIGS_NAMED).map(([config, added]) => {
    const more = added.length - PROGRAMS_NAMED;
    return `${config}: ${added.slice(0, PROGRAMS_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
  if (programs.size > CONFIGS_NAMED) details.push(`and in ${count(programs.size - CONFIGS_NAMED, 'more config')}`);
  return [
    {
      severity: 'info',
      title: all === 1 ? 'A new program or address' : `${all} new programs and addresses`,
      details,
      hint: 'Clients start these, or send to them, once the config is in their file. Are all of them meant?',
    },
  ];
}

/** Says when the store was verified last, where commits were made since. */
export function verificationDue({ head, verified: { passed } }: StoreStatus, nowMs: number): AttentionItem[] {
  if (head === undefined) return [];
  const since = head.index - (passed?.index ?? -1);
  if (since <= 0 || (passed !== undefined && nowMs - Date.parse(passed.time) < DUE_MS)) return [];
  return [
    {
      severity: 'warning',
      title:
        passed === undefined
          ? 'Never verified as a whole on this machine'
          : `Last verified ${ago(passed.time, nowMs)}, ${count(since, 'commit')} since`,
      advice: [{ do: 'verify' }],
    },
  ];
}

/** Says that a backup is due, where events reach back far enough to know, and something was changed since. */
export function backupDue(
  { listed: [first], newest = first }: FoundChanges,
  { backup, oldest }: UpkeepFacts,
  nowMs: number,
): AttentionItem[] {
  const known = backup ?? oldest;
  if (known === undefined || newest === undefined || newest.time <= known) return [];
  const knownMs = nowMs - Date.parse(known);
  if (knownMs < DUE_MS) return [];
  const title =
    backup === undefined
      ? `No backup of the store for ${Math.floor(knownMs / DAY_MS)} days at least`
      : `The newest backup of the store is from ${ago(backup, nowMs)}`;
  return [{ severity: 'warning', title, advice: [{ do: 'make-backup' }] }];
}

/** Says which clients' files were seen to differ, by events alone. */
export function driftSeen({ drift }: UpkeepFacts, nowMs: number): AttentionItem[] {
  return drift.map(({ client, time, servers }) => ({
    severity: 'warning',
    title: `The file of ${client} was not as it was deployed, ${ago(time, nowMs)}`,
    details: [`${count(servers, 'server')} differed`],
  }));
}

function guidance({ hint, advice }: Pick<AttentionItem, 'hint' | 'advice'>): Pick<AttentionItem, 'hint' | 'advice'> {
  return { ...(hint !== undefined && { hint }), ...(advice !== undefined && { advice }) };
}
