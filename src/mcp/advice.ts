import type { z } from 'zod';
import { type Advice, type Guidance, joinGuidance } from '../core/advice.ts';
import { type Notice, noticeLine } from '../core/notice.ts';
import { SETTING_VALUES } from '../core/setting-name.ts';
import type { TOOLS } from './tools/index.ts';

/** The commands that advice over MCP names, for the person to run; the command line's own table has each of them, by type. */
export type CommandForPeople =
  | 'backup'
  | 'backup verify'
  | 'get'
  | 'init'
  | 'install'
  | 'keys list'
  | 'keys revoke'
  | 'keys rotate'
  | 'keys show'
  | 'put'
  | 'rebuild'
  | 'recover'
  | 'repair'
  | 'storage check'
  | 'storage prepare'
  | 'tokens add'
  | 'tokens list'
  | 'trust';

type AnyTool = (typeof TOOLS)[number];
type InputOf<Name extends AnyTool['name']> = z.input<Extract<AnyTool, { name: Name }>['input']>;
type ArgumentsOf<Name extends AnyTool['name']> = {
  [Argument in keyof InputOf<Name>]?: InputOf<Name>[Argument] | undefined;
};

/** Returns guidance in tools and arguments; empty when there is none. */
export function guide(guidance: Guidance): string {
  return joinGuidance(guidance, wordAdvice);
}

/** Returns a notice as one line. */
export function noticeText(notice: Notice): string {
  return noticeLine(notice, guide);
}

/** Returns one piece of advice as a sentence: it names the tool to call, or the command that a person has to run. */
export function wordAdvice(advice: Advice): string {
  switch (advice.do) {
    case 'list-configs':
      return advice.includeDeleted
        ? `Call ${call('list_configs', { include_deleted: true })} to see deleted configs too.`
        : `Call ${call('list_configs')} to see ${advice.total === undefined ? 'the configs there are' : `all ${advice.total} configs`}.`;
    case 'next-page':
      return 'Send next_cursor as cursor for the next page.';
    case 'read-config':
      return `Read it with ${call('get_config', { name: advice.name, version: advice.version })}.`;
    case 'read-on':
      return advice.version === undefined
        ? `Call ${call('get_config', { name: advice.name, draft: true, offset: advice.offset })} for the rest; the digest must be the same again.`
        : `Call ${call('get_config', { name: advice.name, version: advice.version, offset: advice.offset })} for the rest.`;
    case 'read-draft':
      return `Read the draft with ${call('get_config', { name: advice.name, draft: true })}.`;
    case 'list-history':
      return `Call ${call('list_history', { name: advice.name })} to see ${advice.name === undefined ? 'the versions of a config' : 'its versions'}.`;
    case 'compare-draft':
      return `Compare it with ${call('diff_configs', { name: advice.name, draft: true })}.`;
    case 'put-config':
      return `Store it with ${call('put_config', { name: advice.name, expected_version: advice.expectedVersion })}.`;
    case 'put-large-content':
      return person('put', 'takes files up to 64 MiB');
    case 'save-draft':
      return `Save the draft with ${call('put_config', { name: advice.name, draft: true, expected_version: advice.expectedVersion })}.`;
    case 'publish-drafts':
      return `Publish it with ${publish(advice.drafts)}.`;
    case 'discard-draft':
      return `Discard it with ${call('discard_draft', { name: advice.name })}.`;
    case 'restore':
      return `Bring it back with ${call('restore_config', { name: advice.name, version: advice.version })}.`;
    case 'merge':
      return `Read version ${advice.newest} with ${call('get_config', { name: advice.name })}, merge your change into it, and send expected_version ${advice.expectedVersion}.`;
    case 'verify':
      return `Call ${call('verify_store')} to see every finding.`;
    case 'check-health':
    case 'show-status':
      return `Call ${call('check_health')} to see the state of the store.`;
    case 'review-telemetry':
      return `Look at what failed with ${call('review_telemetry', { failures_only: true })}.`;
    case 'repair':
      return person('repair', 'moves the damaged end of the log to quarantine/ after asking');
    case 'recover':
      return person('recover', 'shows what it holds, and puts that back as new commits after asking');
    case 'rebuild':
      return person('rebuild', 'makes the cache again from the log');
    case 'make-store':
      return `The first write makes the store, for example ${call('put_config')}.`;
    case 'make-new-store':
      return person('init', 'starts a new, empty store with a new key instead', '--new');
    case 'prepare-storage':
      return person('storage prepare', 'makes the tables, as the role that owns the database');
    case 'check-storage':
      return person('storage check', 'says what the database lets this installation do');
    case 'accept-rollback':
      return person('trust', 'decides to go on with the older storage', '--accept');
    case 'make-backup':
      return person('backup', 'writes a backup', '--out', 'FILE');
    case 'check-backup':
      return person('backup verify', 'checks a backup', 'FILE');
    case 'replace-backup':
      return 'Ask the person who makes the backup whether the file may be replaced.';
    case 'add-token':
      return person('tokens add', 'makes a token', 'NAME', '--scope', 'write');
    case 'list-tokens':
      return person('tokens list', 'lists the tokens');
    case 'list-keys':
      return person('keys list', 'lists the keys and their state');
    case 'rotate-key':
      return person('keys rotate', 'adds a new owner key and retires the one that signs now');
    case 'revoke-key':
      return person('keys revoke', 'revokes the key', 'KEY', '--from-index', String(advice.from));
    case 'export-public-key':
      return person('keys show', 'prints the public key', 'KEY', '--public');
    case 'print-entry':
      return person('install', 'prints the entry, to be pasted by hand', 'CLIENT', '--print');
    case 'scan-clients':
      return `Call ${call('scan_clients')} to see the files of MCP clients.`;
    case 'import-client':
      return `Take it into the store with ${call('import_client', { client: advice.client })}.`;
    case 'plan-deploy':
      return `See what it would change with ${call('plan_deploy', { name: advice.name, clients: advice.client === undefined ? undefined : [advice.client] })}.`;
    case 'deploy':
      return `Put it back with ${call('plan_deploy', { name: advice.name, clients: [advice.client], restore: true })}, then apply_deploy.`;
    case 'apply-deploy':
      return `Show the plan to the person; then carry it out with ${call('apply_deploy', { plan_id: advice.plan })}.`;
    case 'undo-deploy':
      return `Take what was deployed back with ${call('undo_deploy', { client: advice.client })}.`;
    case 'set':
      return advice.to === undefined
        ? `A person can set ${advice.setting} to ${SETTING_VALUES[advice.setting]}.`
        : `A person can set ${advice.setting}=${advice.to}.`;
    case 'upgrade':
      return 'A person has to upgrade this program to the release that wrote it.';
  }
}

/** Words a call of a tool: a tool or an argument that does not exist does not compile. */
function call<Name extends AnyTool['name']>(tool: Name, args: ArgumentsOf<Name> = {}): string {
  const given = Object.entries(args)
    .filter(([, value]) => value !== undefined)
    .map(([argument, value]) => `${argument} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  return given.length === 0 ? tool : `${tool} (${given.join(', ')})`;
}

function publish(drafts: Extract<Advice, { do: 'publish-drafts' }>['drafts'] = []): string {
  const expected = drafts.flatMap(({ name, digest }) => (digest === undefined ? [] : [{ name, digest }]));
  return call('publish_drafts', {
    names: drafts.length === 0 ? undefined : drafts.map(({ name }) => name),
    expected: expected.length === 0 ? undefined : expected,
  });
}

/** Asks a person to run a command. */
function person(command: CommandForPeople, purpose: string, ...words: readonly string[]): string {
  return `Ask a person to run ${commandLine(command, ...words)}: it ${purpose}.`;
}

/** Returns a command line in quotes, for a person: a command that does not exist does not compile. */
export function commandLine(command: CommandForPeople, ...words: readonly string[]): string {
  return `"${['config-store', command, ...words].join(' ')}"`;
}
