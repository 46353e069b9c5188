import type { ConfigChange, KeyChange, Statement } from '../../../core/commit/statement.ts';
import type { KeyId } from '../../../core/digest.ts';
import { shortId } from '../../../core/short-id.ts';
import type { Phrase } from '../../../telemetry/review/look-facts.ts';
import { contentDifference, structuredValue } from '../../shared/content-changes.ts';
import { count } from '../../shared/text.ts';
import type { Contents } from './contents.ts';
import { serverChanges } from './server-changes.ts';
import { plainText } from './who.ts';

/** Configs of one commit that get words of their own. */
const DESCRIBED = 3;
/** Servers that are named in one sentence. */
const NAMED = 4;

/** A commit, described. */
export interface DescribedCommit {
  readonly did: Phrase;
  /** Programs and addresses that are new in a config, by its name. */
  readonly programs: ReadonlyMap<string, readonly string[]>;
}

/** Says what a commit did. @param label of a key, by its id */
export async function describeCommit(
  { index, changes, keys }: Statement,
  contents: Contents,
  label: (keyId: KeyId) => string,
): Promise<DescribedCommit> {
  if (index === 0) return { did: ['made this store'], programs: new Map() };
  const programs = new Map<string, readonly string[]>();
  const parts: Phrase[] = keys.map((key) => describeKey(key, label));
  for (const change of changes.slice(0, DESCRIBED)) {
    if (change.action === 'purge') parts.push(['removed bytes for good: ', { name: shortId(change.digest) }]);
    else {
      const { did, added } = await describeConfig(change, contents);
      parts.push(did);
      if (added.length > 0) programs.set(change.name, added);
    }
  }
  const more = changes.length - DESCRIBED;
  if (more > 0) parts.push([`changed ${count(more, 'more config')}`]);
  return { did: inSentence(parts), programs };
}

async function describeConfig(
  { action, name, version, size, restoredFrom }: ConfigChange,
  contents: Contents,
): Promise<{ readonly did: Phrase; readonly added: readonly string[] }> {
  const config = { name };
  if (action === 'delete') return { did: ['deleted ', config], added: [] };
  if (action === 'restore') return { did: [`brought back version ${restoredFrom ?? '?'} of `, config], added: [] };
  const pair = await contents.pair(name, version, size);
  const plain: Phrase = [version === 1 ? 'made ' : 'changed ', config];
  if (pair === undefined) return { did: plain, added: [] };
  const { before, after } = pair;
  const servers = serverChanges(before && (await structuredValue(before)), await structuredValue(after));
  const added = servers?.programs ?? [];
  if (before === undefined) return { did: ['made ', config, ...(servers ? named(' with', servers.added) : [])], added };
  const { added: come = [], removed = [], reprogrammed = [], changed = [] } = servers ?? {};
  const acts = [
    ...(come.length > 0 ? [named('added', come)] : []),
    ...(removed.length > 0 ? [named('removed', removed)] : []),
    ...(reprogrammed.length > 0 ? [['gave ', ...named('', reprogrammed), ' another program']] : []),
    ...(changed.length > 0 ? [named('changed', changed)] : []),
  ];
  if (acts.length === 0) return { did: [...plain, ...(await extent(before, after))], added };
  const where = acts.length > 1 || (come.length === 0 && removed.length === 0) ? 'in' : come.length > 0 ? 'to' : 'from';
  return { did: [...inSentence(acts), ` ${where} `, config], added };
}

/** Says how much of content without servers differs. */
async function extent(...[before, after]: Parameters<typeof contentDifference>): Promise<Phrase> {
  const { changes, isStructural } = await contentDifference(before, after);
  if (isStructural) return changes.length === 0 ? [' (layout only)'] : [` in ${count(changes.length, 'place')}`];
  const [change] = changes as ReadonlyArray<{ readonly extent?: string }>;
  return change?.extent === undefined ? [] : [` (${change.extent})`];
}

function named(verb: string, servers: readonly string[]): Phrase {
  const names = servers.slice(0, NAMED).map((name): Phrase => [{ name }]);
  const more = servers.length - names.length;
  const all = more > 0 ? [...names, [`${more} more`] as Phrase] : names;
  const lead = verb === '' ? '' : `${verb} `;
  return [`${lead}${servers.length === 1 ? 'server' : 'servers'} `, ...inSentence(all)];
}

function describeKey(key: KeyChange, label: (keyId: KeyId) => string): Phrase {
  switch (key.action) {
    case 'add':
      return [`trusted the ${key.role} key `, { name: plainText(key.label) }];
    case 'retire':
      return ['retired the key ', { name: label(key.keyId) }];
    case 'revoke':
      return ['revoked the key ', { name: label(key.keyId) }, ` from commit ${key.fromIndex} on`];
    case 'accept':
      return [`went on from commit ${key.index}, without what was seen after it`];
  }
}

/** Puts phrases into a row: `a, b and c`. */
function inSentence(parts: readonly Phrase[]): Phrase {
  return parts.flatMap((part, at) => [...(at === 0 ? [] : [at === parts.length - 1 ? ' and ' : ', ']), ...part]);
}
