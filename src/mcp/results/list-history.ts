import { shortDigest } from '../../core/short-id.ts';
import type { ListHistoryResult, VersionSummary } from '../../verbs/history/list-history.ts';
import type { ChangeSummary, CommitSummary, StoreHistoryResult } from '../../verbs/history/store-history.ts';
import { cutLines } from './lines.ts';
import { quote, quoted, wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per version; of the whole store one per commit, with what it changed. */
export const listHistoryRendering: Rendering<ListHistoryResult | StoreHistoryResult> = {
  text: (result) => cutLines('commits' in result ? result.commits.map(commitLine) : result.versions.map(versionLine)),
};

function versionLine({ version, size, time, author, digest, message, verified, ...made }: VersionSummary): string {
  return `version ${version}  ${describe(made)}  ${size} bytes  ${wordOrQuote(time)}  by ${quote(author.name)}  ${shortDigest(digest)}  ${verdict(verified)}${quoted(message)}`;
}

function commitLine({ index, verified, time, author, message = '', changes, ...more }: CommitSummary): string {
  const { changesOmitted, keys = [] } = more;
  const all = [
    ...changes.map(changeOf),
    ...(changesOmitted === undefined ? [] : [`${changesOmitted} more`]),
    ...keys.map(({ action }) => `${action} key`),
  ];
  const by = author === undefined ? '' : `  by ${quote(author.name)}`;
  const at = time === undefined ? '' : `  ${wordOrQuote(time)}`;
  return `commit ${index}${at}${by}  ${verdict(verified)}  ${all.join(', ')}${quoted(message)}`;
}

function changeOf({ name, version, digest, ...made }: ChangeSummary): string {
  return `${describe(made)} ${name === undefined ? shortDigest(digest) : `${name} version ${version}`}`;
}

function describe({ action, restoredFrom }: Pick<ChangeSummary, 'action' | 'restoredFrom'>): string {
  return restoredFrom === undefined ? action : `${action} of version ${restoredFrom}`;
}

function verdict(verified: string): string {
  return verified === 'ok' ? 'verified' : verified;
}
