import { WRITABLE } from '../../../clients/dialects/index.ts';
import type { ServerEntry } from '../../../clients/entry.ts';
import { spellLine } from '../../../core/visible.ts';
import {
  type InstallServerRequest,
  installServer,
  planServerInstall,
  printEntry,
} from '../../../verbs/clients/install-server.ts';
import { confirm, YES } from '../../input/confirm.ts';
import type { Output } from '../../output/output.ts';
import type { CommandDefinition } from '../../program/command.ts';

interface InstallInput extends InstallServerRequest {
  readonly print?: boolean;
  readonly yes?: boolean;
}

/** Where npx keeps what it runs. */
const COPY_OF_NPX = /[\\/]_npx[\\/]/;

const CLIENTS = WRITABLE.map(({ client }) => client);

/** `config-store install CLIENT`: puts this server into a client's file, and touches nothing else in it. */
export const install: CommandDefinition<InstallInput> = {
  arguments: [{ syntax: '<client>', meaning: CLIENTS.join(', '), completes: CLIENTS }],
  options: [
    { flags: '--node', meaning: 'start the server with this Node, on the store of --var (unless --docker)' },
    { flags: '--docker', meaning: 'start the server as a container, on the volume mcp-config-store' },
    { flags: '--print', meaning: 'print what to paste, and write nothing' },
    { flags: '--file <path>', completes: 'files', meaning: "the client's file, where it is not in its usual place" },
    { flags: '--name <name>', meaning: 'what the client calls the server; config-store unless given' },
    YES,
  ],
  examples: ['config-store install claude-desktop', 'config-store install claude-desktop --docker --print'],
  notes:
    'Quit the client first: it may rewrite its file. A dated copy is left next to the file (the last five are kept).\nAn entry that is there and differs is replaced after asking; running it again changes nothing.',
  endsItself: true,
  run: async ({ context, output }, { print = false, yes = false, ...request }) => {
    if (print) {
      const printed = await printEntry(context, request);
      await warnOfNpx(printed.content, output);
      await output.result(printed, () => JSON.stringify(printed.content, null, 2));
      return undefined;
    }
    const { edit, changes, others, hadByteOrderMark, ...plan } = await planServerInstall(context, request);
    const { client, name, file, change, changed, content, restart } = plan;
    await warnOfNpx(content, output);
    if (others.length > 0)
      await output.warn(`${client} has several files; ${file} is meant, ${others.join(', ')} is left (see --file)`);
    if (!changes) {
      await output.result({ client, name, file, change }, () => `${name} is in ${file} already: nothing was changed`);
      return undefined;
    }
    if (change === 'replaced') await confirm(`${file} has another ${name}: replace its ${changed.join(', ')}?`, yes);
    const { backup, inPlace } = await installServer(context, { edit, client, name, content });
    if (hadByteOrderMark)
      await output.warn(`${file} began with a byte order mark, which makes clients drop it; it was taken off`);
    if (inPlace)
      await output.warn(`${file} could not be replaced as a whole (a mount, or another owner): written in place`);
    await output.result({ client, name, file, change, content, changed, backup, inPlace, restart }, () => [
      change === 'added' ? `+ ${name} in ${file}` : `~ ${name} in ${file}: ${changed.join(', ')}`,
      ...(change === 'none' ? [] : entryLines(content)),
      ...(backup === undefined ? [] : [`what it held before is in ${backup}`]),
      restart,
    ]);
    return undefined;
  },
};

async function warnOfNpx(content: object, output: Output): Promise<void> {
  if (COPY_OF_NPX.test(JSON.stringify(content)))
    await output.warn(
      'the entry starts the copy that npx keeps, which npm may remove at any time: run "npm install --global mcp-config-store", then this command again without npx',
    );
}

function entryLines({ command, args, env = {} }: ServerEntry): string[] {
  return [
    `    command  ${command}`,
    `    args     ${args.join(' ')}`,
    ...Object.entries(env).map(([name, value]) => `    env      ${name}=${value}`),
  ].map(spellLine);
}
