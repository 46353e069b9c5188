import { DIALECTS } from '../../../clients/dialects/index.ts';
import type { OptionDefinition } from '../../program/command.ts';

/** The names of all clients, for completion. */
export const CLIENTS: readonly string[] = DIALECTS.map(({ client }) => client);

/** `--to`, which may be given several times, or with commas. */
export const TO: OptionDefinition = {
  flags: '--to <clients>',
  completes: CLIENTS,
  meaning: 'clients, with commas between; those it is deployed to already, unless given',
  repeats: true,
  parse: (text) => text.split(',').map((part) => part.trim()),
};

/** `--path`: some of a client's files, which may be given several times. */
export const PATHS: OptionDefinition = {
  flags: '--path <files>',
  completes: 'files',
  meaning: 'only this file, of those that the list of clients shows; once for each',
  repeats: true,
};

/** `--project`: the files in a project. */
export const PROJECT: OptionDefinition = {
  flags: '--project <dir>',
  completes: 'files',
  meaning: "the clients' files in this project, and not those of the user",
};
