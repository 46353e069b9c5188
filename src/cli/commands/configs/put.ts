import { basename, isAbsolute, posix, resolve } from 'node:path';
import { StoreError } from '../../../core/errors.ts';
import { spellLine } from '../../../core/visible.ts';
import { isFolder, readFolder } from '../../input/folder-files.ts';
import { type PutFileInput, putFile } from '../../input/put-file.ts';
import {
  ALLOW_EMPTY,
  ALLOW_SECRET,
  ALLOW_SECRETS,
  DRY_RUN,
  EXPECTED_VERSION,
  MEDIA_TYPE,
  MESSAGE,
  SCHEMA,
} from '../../input/write-options.ts';
import { guide } from '../../output/advice.ts';
import { renderWritten } from '../../output/render.ts';
import { wordedWrite } from '../../output/worded.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';
import { EXIT_CODES, type ExitCode, worstExitCode } from '../../program/exit-codes.ts';

type PutInput = Omit<PutFileInput, 'file'> & { readonly file?: string };

/** `config-store put NAME FILE|-`: stores a file byte for byte. `put [PREFIX] DIR/`: a folder, in one commit. */
export const put: CommandDefinition<PutInput> = {
  arguments: [
    {
      syntax: '<name>',
      meaning: 'config name, such as claude-desktop/default; or only a folder',
      completes: 'configs',
    },
    {
      syntax: '[file]',
      meaning: 'file to store, at most 64 MiB, or a folder; "-" reads standard input',
      completes: 'files',
    },
  ],
  options: [MESSAGE, EXPECTED_VERSION, MEDIA_TYPE, SCHEMA, ALLOW_EMPTY, ALLOW_SECRET, ALLOW_SECRETS, DRY_RUN],
  examples: [
    'config-store put claude-desktop/default claude_desktop_config.json -m GitHub',
    'jq . settings.json | config-store put editor/settings -',
    'config-store put team/',
  ],
  notes:
    'The same bytes as the newest version make no new one. A folder is stored in one commit, each file under its path (team/servers.json), with the name in place of the folder where one is given; when one file is refused, nothing is stored. Names that begin with a dot and links are left out.',
  endsItself: true,
  run: async (environment, { file, ...input }) => {
    const folder = file ?? input.name;
    if (await isFolder(folder))
      return putFolder(environment, input, folder, file === undefined ? ownName(folder) : input.name);
    if (file === undefined)
      throw new StoreError('ARGUMENT_INVALID', "missing required argument 'file'", {
        hint: 'Run "config-store put --help".',
      });
    const result = await putFile(environment.context, { ...input, file }, false);
    await environment.output.result(wordedWrite(result), () => renderWritten(result, environment.output));
    return undefined;
  },
};

/** The path of a folder as it was typed; its last part alone where that leads out of this folder, none for this folder itself. */
function ownName(folder: string): string {
  const path = posix.normalize(folder.replaceAll('\\', '/')).replace(/\/$/, '');
  if (path === '.') return '';
  return isAbsolute(folder) || path.startsWith('..') ? basename(resolve(folder)) : path;
}

async function putFolder(
  { context, output }: Environment,
  { message, dryRun, ...input }: Omit<PutInput, 'file'>,
  folder: string,
  prefix: string,
): Promise<ExitCode | undefined> {
  const { putConfigs } = await import('../../../verbs/transfer/put-configs.ts');
  if (input.expectedVersion !== undefined || input.mediaType !== undefined || input.schema !== undefined)
    throw new StoreError('ARGUMENT_INVALID', 'an option is given that is about one config, and a folder', {
      hint: 'Leave out --expected-version, --media-type and --schema, or put the file alone.',
    });
  const { files, leftOut } = await readFolder(folder, context.maxContentBytes);
  if (leftOut.length > 0) await output.warn(`left out: ${leftOut.join(', ')}`);
  const configs = files.map(({ path, bytes }) => ({ name: posix.join(prefix, path), fileName: path, bytes }));
  const { refused, ...result } = await putConfigs(context, { configs, message, dryRun });
  await output.result(
    {
      ...result,
      leftOut,
      refused: refused.map(({ name, fileName, error }) => ({
        name,
        fileName,
        code: error.code,
        message: error.message,
        hint: guide(error),
      })),
    },
    () => [
      ...renderWritten(result, output),
      ...result.stored.map(({ name, version, created }) =>
        spellLine(`  ${name}@${version}${created ? '' : '  unchanged'}`),
      ),
      ...refused.map(({ fileName, error }) =>
        output.colors.red(spellLine(`  ! ${fileName}  ${error.code}: ${error.message}. ${guide(error)}`)),
      ),
    ],
  );
  return refused.length === 0 ? undefined : worstExitCode(refused.map(({ error }) => EXIT_CODES[error.code]));
}
