import { copyConfig } from '../../../verbs/transfer/copy-config.ts';
import { parseExpectedVersion, parseReference } from '../../input/config-reference.ts';
import { MESSAGE } from '../../input/write-options.ts';
import { renderWritten } from '../../output/render.ts';
import { worded } from '../../output/worded.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';

/** Arguments and options of `cp` and `mv`. */
interface CopyInput {
  readonly from: string;
  readonly to: string;
  readonly message?: string;
  readonly expectedVersion?: number;
}

const TO = { syntax: '<to>', meaning: 'the new name', completes: 'configs' } as const;

/** The target's version, where there is one already. */
const EXPECTED = {
  flags: '--expected-version <n>',
  meaning: 'newest version of the target, where it is there already',
  parse: parseExpectedVersion,
} as const;

/** `config-store cp NAME[@VERSION] NEW`: the same bytes under another name. */
export const cp: CommandDefinition<CopyInput> = {
  arguments: [{ syntax: '<from>', meaning: 'NAME or NAME@VERSION', completes: 'versions' }, TO],
  options: [MESSAGE, EXPECTED],
  examples: ['config-store cp claude-desktop/default claude-desktop/work'],
  notes: 'What is there already is not replaced, unless --expected-version names its newest version.',
  endsItself: true,
  run: (environment, input) => copy(environment, input, false),
};

/** `config-store mv NAME NEW`: as cp, and the old one is deleted in the same commit. */
export const mv: CommandDefinition<CopyInput> = {
  arguments: [{ syntax: '<from>', meaning: 'config name', completes: 'configs' }, TO],
  options: [MESSAGE, EXPECTED],
  examples: ['config-store mv cursor/old-project cursor/project'],
  notes: 'One commit: the new name and the deletion of the old one. The history stays under the old name.',
  endsItself: true,
  run: (environment, input) => copy(environment, input, true),
};

async function copy(
  { context, output }: Environment,
  { from, to, message, expectedVersion }: CopyInput,
  move: boolean,
): Promise<undefined> {
  const { name, version } = parseReference(from);
  const result = await copyConfig(context, { from: name, version, to, move, message, expectedVersion });
  await output.result(worded(result), () => renderWritten(result, output));
  return undefined;
}
