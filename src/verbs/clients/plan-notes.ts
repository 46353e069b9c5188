import { valueAt } from '../../clients/canonical/from-client.ts';
import { questionsIn, referencesIn } from '../../clients/canonical/references.ts';
import { pathsOf } from '../../clients/find-files.ts';
import type { SectionPlan } from '../../clients/ownership/plan-section.ts';
import { isObject } from '../../core/json/is-object.ts';
import type { Context } from '../shared/context.ts';
import { listed } from '../shared/text.ts';
import type { ConfigServers } from './config-servers.ts';
import { inProject, jsonIn } from './local-targets.ts';
import { findTargets, type ReadTarget, readTargetFile, type Target } from './targets.ts';

/** Another list of servers of the same client. */
export interface OtherList {
  readonly client: string;
  readonly scope: Target['scope'];
  readonly names: ReadonlySet<string>;
}

/** Whose list counts where a name is in several. */
const RANK: Readonly<Record<Target['scope'], number>> = { user: 1, project: 2, local: 3 };
const WHOSE: Readonly<Record<Target['scope'], string>> = {
  user: "the user's file",
  project: 'the file of the project',
  local: "the user's own list for this project",
};

/** Returns the lists that these clients have for the user and for a project. */
export async function otherLists(ctx: Context, targets: readonly Target[], project: string): Promise<OtherList[]> {
  const clients = targets.map(({ dialect }) => dialect.client);
  const lists: OtherList[] = [];
  for (const target of [...findTargets(ctx, { clients }), ...findTargets(ctx, { clients, project })]) {
    const { content } = await readTargetFile(target);
    const names = new Set(content?.section.entries.keys());
    if (names.size > 0) lists.push({ client: target.dialect.client, scope: target.scope, names });
  }
  return lists;
}

/** Returns a sentence on each server that is in another list of the same client too, of which only one counts. */
export function hidingNotes(
  { dialect, scope }: Target,
  { servers }: Pick<ConfigServers, 'servers'>,
  lists: readonly OtherList[],
): string[] {
  const others = lists.filter((list) => list.client === dialect.client && list.scope !== scope);
  return [...servers.keys()].flatMap((name) =>
    others.flatMap((list) => {
      if (!list.names.has(name)) return [];
      const outcome = RANK[list.scope] < RANK[scope] ? 'is hidden here' : 'hides this one';
      return [`${name} is in ${WHOSE[list.scope]} of ${dialect.title} too, and ${outcome}`];
    }),
  );
}

/** Returns a sentence on variables that the client expands only once a person approved them. */
export async function approvalNotes(
  { installation }: Context,
  { dialect }: Pick<Target, 'dialect'>,
  { servers }: Pick<ConfigServers, 'servers'>,
): Promise<string[]> {
  const { approvals, title } = dialect;
  if (approvals === undefined) return [];
  const names = [...new Set([...servers.values()].flatMap((server) => referencesIn(JSON.stringify(server))))];
  // A container's home is no person's.
  const [path = ''] = installation.settings().expectVolume
    ? []
    : pathsOf([approvals.path], installation.personFolders());
  const approved = approvedIn(jsonIn(path), approvals.member);
  const missing = names.filter((name) => !approved.includes(name));
  if (missing.length === 0) return [];
  return [
    `${title} expands only approved variables: approve ${listed(missing)}, in the app under ${approvals.inApp}, for its command line as ${approvals.member} in ${approvals.path}`,
  ];
}

function approvedIn(data: unknown, member: string): readonly unknown[] {
  const list = valueAt(data, [member]) ?? valueAt(data, member.split('.'));
  return Array.isArray(list) ? (list as unknown[]) : [];
}

/** Returns sentences on a file and what would be in it. */
export function fileNotes(read: ReadTarget, config: ConfigServers, { keptOff }: SectionPlan): string[] {
  const { target, file } = read;
  const { dialect, exists, why, path } = target;
  const texts = [...config.servers].map(([name, server]) => [name, JSON.stringify(server)] as const);
  const refers = texts.some(([, text]) => referencesIn(text).length > 0);
  const isQuiet = silencedIn(read);
  return [
    ...(!exists && why.includes('not found') ? [`${dialect.title} was not found here; its file would be made`] : []),
    ...(file?.hadByteOrderMark === true ? [`${path} begins with a byte order mark, which is taken off`] : []),
    ...(dialect.desktop && refers
      ? [`${dialect.title} is started from a dock or a menu, and sees no variable that a shell exports`]
      : []),
    ...keptOff.map((server) => `${server} is switched off in the file, and stays so`),
    ...texts.flatMap(([name]) => (isQuiet(name) ? [`${name} is kept off by ${dialect.offList ?? 'a list'}`] : [])),
    ...texts.flatMap(([name, text]) => questionNotes(read, name, text)),
  ];
}

/** An input that the file does not define is never asked for, and the server gets the text. */
function questionNotes({ target: { dialect }, content }: ReadTarget, server: string, text: string): string[] {
  const { questions } = dialect;
  if (questions === undefined) return [];
  const there = valueAt(content?.client.data, [questions.section]);
  const ids = new Set((Array.isArray(there) ? there : []).map((input: unknown) => isObject(input) && input['id']));
  return questionsIn(text)
    .filter((id) => !ids.has(id))
    .map((id) => `${server} refers to the input ${JSON.stringify(id)}, which the file does not define`);
}

/** Returns whether a list elsewhere in the file keeps a server off. */
export function silencedIn({ target, content }: ReadTarget): (server: string) => boolean {
  const listAt = (members: readonly string[] | undefined): readonly unknown[] | undefined => {
    if (members === undefined || (members.includes('{project}') && target.project === undefined)) return undefined;
    const list = valueAt(content?.client.data, inProject(members, target.project ?? ''));
    return Array.isArray(list) ? (list as unknown[]) : undefined;
  };
  const excluded = listAt(target.dialect.silences?.excluded) ?? [];
  const allowed = listAt(target.dialect.silences?.allowed);
  return (server) => excluded.includes(server) || allowed?.includes(server) === false;
}
