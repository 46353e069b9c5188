import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ownEntry, type StartedBy } from '../../../app/server-entry-of-this-installation.ts';
import { machineVariable } from '../../../app/settings.ts';
import type { Dialect } from '../../../clients/dialects/dialect.ts';
import { DIALECTS } from '../../../clients/dialects/index.ts';
import type { ServerEntry } from '../../../clients/entry.ts';
import { findFile } from '../../../clients/find-file.ts';
import type { EntryEdit } from '../../../clients/formats/edit.ts';
import { applyInstall, type InstallPlan, planInstall } from '../../../clients/install-entry.ts';
import { diffValues } from '../../../core/content/diff.ts';
import { StoreError } from '../../../core/errors.ts';
import { parsePointer } from '../../../core/json/pointer.ts';
import { printableLine } from '../../../core/printable.ts';
import { confirm, YES } from '../../input/confirm.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';

interface InstallInput extends StartedBy {
  readonly client: string;
  readonly print?: boolean;
  readonly file?: string;
  readonly name?: string;
  readonly yes?: boolean;
}

const CLIENTS = DIALECTS.map(({ client }) => client);

/** `config-store install CLIENT`: puts this server into a client's file, and touches nothing else in it. */
export const install: CommandDefinition<InstallInput> = {
  arguments: [{ syntax: '<client>', meaning: CLIENTS.join(', '), completes: CLIENTS }],
  options: [
    { flags: '--node', meaning: 'start the server with this Node, on the store of --var (unless --docker)' },
    { flags: '--docker', meaning: 'start the server as a container, on the volume mcp-config-store' },
    { flags: '--print', meaning: 'print what to paste, and write nothing' },
    { flags: '--file <path>', meaning: "the client's file, where it is not in its usual place" },
    { flags: '--name <name>', meaning: 'what the client shall call the server; config-store unless given' },
    YES,
  ],
  examples: ['config-store install claude-desktop', 'config-store install claude-desktop --docker --print'],
  notes:
    'Quit the client first: it may rewrite its file. A dated copy is left beside the file (the last five are kept).\nAn entry that is there and differs is replaced after asking; running it again changes nothing.',
  run: async (environment, { client, print = false, file, name = 'config-store', yes = false, ...startedBy }) => {
    const dialect = dialectOf(client);
    checkName(name);
    const settings = environment.settings();
    const entry = ownEntry(startedBy, settings);
    if (print) {
      await printEntry(environment, dialect, name, entry);
      return undefined;
    }
    if (settings.expectVolume && file === undefined)
      throw new StoreError('ARGUMENT_INVALID', `the file of ${dialect.title} is not in this container`, {
        hint: 'Add --print and paste what is printed, or mount the file and name it with --file.',
      });
    const plan = await planInstall(dialect, await targetOf(environment, dialect, file), name, entry);
    await write(environment, plan, { dialect, name, entry, yes });
    return undefined;
  },
};

async function write(
  { output }: Environment,
  plan: InstallPlan,
  { dialect, name, entry, yes }: { dialect: Dialect; name: string; entry: ServerEntry; yes: boolean },
): Promise<void> {
  const { target, edit, changes } = plan;
  const facts = { client: dialect.client, name, file: target.path, change: edit.change };
  if (!changes) {
    await output.result(facts, () => `${name} is in ${target.path} already: nothing was changed`);
    return;
  }
  const changed = changedMembers(edit);
  if (edit.change === 'replaced')
    await confirm(`${target.path} has another ${name}: replace its ${changed.join(', ')}?`, yes);
  const { backup, inPlace } = await applyInstall(plan);
  if (target.hadByteOrderMark)
    await output.warn(`${target.path} began with a byte order mark, which makes clients drop it; it does no more`);
  if (inPlace)
    await output.warn(`${target.path} could not be replaced as a whole (a mount, or another owner): written in place`);
  const { restart } = dialect;
  await output.result({ ...facts, content: entry, changed, backup, inPlace, restart }, () => [
    edit.change === 'added' ? `+ ${name} in ${target.path}` : `~ ${name} in ${target.path}: ${changed.join(', ')}`,
    ...(edit.change === 'none' ? [] : entryLines(entry)),
    ...(backup === undefined ? [] : [`what it held before is in ${backup}`]),
    restart,
  ]);
}

/** Members of the entry, not their values: what another program put there is nobody's to print. */
function changedMembers({ before, after }: EntryEdit): string[] {
  const top = diffValues(before ?? {}, after).map(({ path }) => parsePointer(path)?.[0] ?? 'whole value');
  return top.length === 0 ? ['byte order mark'] : [...new Set(top)];
}

async function printEntry({ output }: Environment, { client, key }: Dialect, name: string, entry: ServerEntry) {
  const content = { [key]: { [name]: entry } };
  await output.result({ client, name, content }, () => JSON.stringify(content, null, 2));
}

async function targetOf({ output }: Environment, dialect: Dialect, file: string | undefined): Promise<string> {
  if (file !== undefined) return resolve(file);
  const { path, others } = findFile(dialect, {
    platform: process.platform,
    home: homedir(),
    appData: machineVariable('APPDATA'),
    localAppData: machineVariable('LOCALAPPDATA'),
    configHome: machineVariable('XDG_CONFIG_HOME'),
  });
  if (others.length > 0)
    await output.warn(
      `${dialect.title} has several files; ${path} is meant, ${others.join(', ')} is left (see --file)`,
    );
  return path;
}

function entryLines({ command, args, env = {} }: ServerEntry): string[] {
  return [
    `    command  ${command}`,
    `    args     ${args.join(' ')}`,
    ...Object.entries(env).map(([name, value]) => `    env      ${name}=${value}`),
  ].map(printableLine);
}

function dialectOf(client: string): Dialect {
  const dialect = DIALECTS.find((known) => known.client === client);
  if (dialect !== undefined) return dialect;
  throw new StoreError('ARGUMENT_INVALID', `there is no install for ${JSON.stringify(client.slice(0, 40))}`, {
    hint: `Give one of ${CLIENTS.join(', ')}; for other clients see docs/claude-desktop.md.`,
  });
}

/** Clients put it before the names of the tools, where models take letters, digits, "_" and "-" only. */
function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return;
  throw new StoreError('ARGUMENT_INVALID', `--name ${JSON.stringify(name.slice(0, 80))} is no name for a server`, {
    hint: 'Use 1 to 64 letters, digits, "_" and "-".',
  });
}
