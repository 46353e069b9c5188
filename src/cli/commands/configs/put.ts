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
import { renderWritten } from '../../output/render.ts';
import { wordedWrite } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store put NAME FILE|-`: stores a file byte for byte. */
export const put: CommandDefinition<PutFileInput> = {
  arguments: [
    { syntax: '<name>', meaning: 'config name, such as claude-desktop/default', completes: 'configs' },
    { syntax: '<file>', meaning: 'file to store, at most 64 MiB; "-" reads standard input', completes: 'files' },
  ],
  options: [MESSAGE, EXPECTED_VERSION, MEDIA_TYPE, SCHEMA, ALLOW_EMPTY, ALLOW_SECRET, ALLOW_SECRETS, DRY_RUN],
  examples: [
    'config-store put claude-desktop/default claude_desktop_config.json --message "add the GitHub server"',
    'jq . settings.json | config-store put editor/settings - --expected-version 3',
  ],
  notes: 'The same bytes as the newest version make no new one.',
  endsItself: true,
  run: async (environment, input) => {
    const result = await putFile(environment.context, input, false);
    await environment.output.result(wordedWrite(result), () => renderWritten(result, environment.output));
    return undefined;
  },
};
