import { SETTINGS } from '../../app/settings/setting-table.ts';
import { type Advice, type Guidance, joinGuidance } from '../../core/advice.ts';
import { type Notice, noticeLine } from '../../core/notice.ts';
import { SETTING_VALUES, type SettingName } from '../../core/setting-name.ts';
import type { CommandName } from '../program/commands.ts';

/** Returns guidance in commands and flags; empty when there is none. */
export function guide(guidance: Guidance): string {
  return joinGuidance(guidance, wordAdvice);
}

/** Returns a notice as one line. */
export function noticeText(notice: Notice): string {
  return noticeLine(notice, guide);
}

/** Returns one piece of advice as a sentence that names the command to run. */
export function wordAdvice(advice: Advice): string {
  switch (advice.do) {
    case 'list-configs':
      return advice.includeDeleted
        ? `${line('list', '--deleted')} lists deleted configs too.`
        : `${line('list')} lists ${advice.total === undefined ? 'the configs' : `all ${advice.total} configs`}.`;
    case 'next-page':
      return 'Give a larger --limit, or none, to see the rest.';
    case 'read-config':
      return `Read it with ${line('get', reference(advice))}.`;
    case 'read-on':
      return `${advice.version === undefined ? line('draft show', advice.name) : line('get', reference(advice))} prints all of it.`;
    case 'read-draft':
      return `Read the draft with ${line('draft show', advice.name)}.`;
    case 'list-history':
      return `${line('log', advice.name ?? 'NAME')} lists ${advice.name === undefined ? 'the versions of a config' : 'its versions'}.`;
    case 'compare-draft':
      return `Compare it with ${line('diff', advice.name, '--draft')}.`;
    case 'put-config':
      return `Store it with ${line('put', advice.name ?? 'NAME', 'FILE', ...expecting(advice.expectedVersion))}.`;
    case 'put-large-content':
      return 'Keep larger data outside the store.';
    case 'save-draft':
      return `Save the draft with ${line('draft put', advice.name ?? 'NAME', 'FILE', ...expecting(advice.expectedVersion))}.`;
    case 'publish-drafts':
      return `Publish it with ${line('draft publish', ...(advice.drafts ?? []).map(({ name }) => name))}.`;
    case 'discard-draft':
      return `Discard it with ${line('draft discard', advice.name)}.`;
    case 'restore':
      return `Bring it back with ${line('restore', reference(advice))}.`;
    case 'merge':
      return `Read version ${advice.newest} with ${line('get', advice.name)}, merge your change into it, and give --expected-version ${advice.expectedVersion}.`;
    case 'verify':
      return `Run ${line('verify')} to see every finding.`;
    case 'check-health':
      return `Run ${line('health')}.`;
    case 'show-status':
      return `Run ${line('status')} to see the state of the store.`;
    case 'review-telemetry':
      return `Look at what failed with ${line('telemetry', '--failures')}.`;
    case 'repair':
      return `${line('repair')} moves the damaged end of the log to quarantine/ after asking.`;
    case 'recover':
      return `${line('recover')} shows what it holds, and puts that back as new commits after asking.`;
    case 'rebuild':
      return `Run ${line('rebuild')} to make the cache again from the log.`;
    case 'make-store':
      return `Make the store with ${line('init')}, or with the first write.`;
    case 'make-new-store':
      return `To start a new, empty store with a new key instead, run ${line('init', '--new')}.`;
    case 'prepare-storage':
      return `Run ${line('storage prepare')} as the role that owns the database.`;
    case 'check-storage':
      return `${line('storage check')} says what the database lets you do.`;
    case 'accept-rollback':
      return `To go on with the older storage, run ${line('trust', '--accept')}.`;
    case 'make-backup':
      return `Write a backup with ${line('backup', '--out', 'FILE')}.`;
    case 'check-backup':
      return `Check a backup with ${line('backup verify', 'FILE')}.`;
    case 'replace-backup':
      return 'Add --force to replace the file.';
    case 'add-token':
      return `Make a token with ${line('tokens add', 'NAME', '--scope', 'write')}.`;
    case 'list-tokens':
      return `${line('tokens list')} lists the tokens.`;
    case 'list-keys':
      return `${line('keys list')} lists the keys and their state.`;
    case 'rotate-key':
      return `${line('keys rotate')} adds a new owner key and retires the one that signs now, in one commit.`;
    case 'revoke-key':
      return `Revoke it with ${line('keys revoke', 'KEY', '--from-index', String(advice.from))}.`;
    case 'export-public-key':
      return `${line('keys show', 'KEY', '--public')} prints the public key.`;
    case 'print-entry':
      return 'Add --print to paste the entry by hand.';
    case 'scan-clients':
      return `${line('clients')} lists the files of MCP clients.`;
    case 'import-client':
      return `Take it into the store with ${line('clients import', advice.client)}.`;
    case 'plan-deploy':
      return `See what it would change with ${line('clients plan', advice.name, ...(advice.client === undefined ? [] : ['--to', advice.client]))}.`;
    case 'deploy':
      return `Put it back with ${line('clients deploy', advice.name, '--to', advice.client, '--restore')}.`;
    case 'apply-deploy':
      return `Carry it out with ${line('clients apply', advice.plan)}.`;
    case 'undo-deploy':
      return `Take it back with ${line('clients undo', advice.client)}.`;
    case 'set':
      return setting(advice.setting, advice.to);
    case 'upgrade':
      return 'Upgrade this program to the release that wrote it.';
  }
}

/** Returns a command line in quotes: a command that does not exist does not compile. */
function line(command: CommandName, ...words: readonly string[]): string {
  return `"${['config-store', command, ...words].join(' ')}"`;
}

function reference({ name, version }: { readonly name: string; readonly version?: number | undefined }): string {
  return version === undefined ? name : `${name}@${version}`;
}

function expecting(version: number | undefined): readonly string[] {
  return version === undefined ? [] : ['--expected-version', String(version)];
}

function setting(name: SettingName, to: string | undefined): string {
  if (to !== undefined) return `Set ${name}=${to}.`;
  const row = Object.values(SETTINGS).find(({ variable }) => variable === name);
  const [flag] = row !== undefined && 'flag' in row ? row.flag.split(' ') : [];
  return `Set ${name}${flag === undefined ? '' : ` or ${flag}`} to ${SETTING_VALUES[name]}.`;
}
