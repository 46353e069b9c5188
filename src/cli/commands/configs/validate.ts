import { spellLine } from '../../../core/visible.ts';
import { type ValidationFinding, validateConfig } from '../../../verbs/configs/validate-config.ts';
import { readInput } from '../../input/input.ts';
import { MEDIA_TYPE } from '../../input/write-options.ts';
import { worded } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { EXIT_CODES } from '../../program/exit-codes.ts';

interface ValidateInput {
  readonly file: string;
  readonly name?: string;
  readonly mediaType?: string;
}

/** `config-store validate FILE|-`: whether a file may be stored, for scripts and hooks. */
export const validate: CommandDefinition<ValidateInput> = {
  arguments: [{ syntax: '<file>', meaning: 'file to check; "-" reads standard input', completes: 'files' }],
  options: [
    {
      flags: '--name <name>',
      completes: 'configs',
      meaning: 'config it is for: the limits of its client, and the newest version, count then',
    },
    MEDIA_TYPE,
  ],
  examples: [
    'config-store validate config.json --name claude-desktop/default',
    'jq . settings.json | config-store validate -',
  ],
  notes:
    'The same checks as "put" makes: well-formed, no credential, and remarks on MCP servers. Stores nothing, and without --name reads no store. Exit code 65 when it would be refused.',
  run: async ({ context, output }, { file, name, mediaType }) => {
    const bytes = await readInput(file, context.maxContentBytes);
    const result = await validateConfig(context, { name, bytes, mediaType, fileName: file });
    const { colors } = output;
    await output.result(worded(result), () => [
      (result.valid ? colors.green : colors.red)(result.summary),
      ...result.errors.map((finding) => colors.red(line(finding))),
      ...result.warnings.map((finding) => colors.yellow(line(finding))),
    ]);
    return result.valid ? undefined : EXIT_CODES.CONTENT_INVALID;
  },
};

function line({ code, path, message }: ValidationFinding): string {
  return spellLine(`  ${code}${path === '' ? '' : ` ${path}`}: ${message}`);
}
