import type { OptionDefinition } from '../program/command.ts';
import { parseExpectedVersion } from './config-reference.ts';

/** Media types that completion offers. */
const MEDIA_TYPES = [
  'application/json',
  'application/jsonc',
  'application/yaml',
  'application/toml',
  'text/markdown',
  'text/plain',
] as const;

/** `--message`, of every command that commits. */
export const MESSAGE: OptionDefinition = { flags: '-m, --message <text>', meaning: 'why, for the history' };

/** `--expected-version`, of every command that changes one config. */
export const EXPECTED_VERSION: OptionDefinition = {
  flags: '--expected-version <n>',
  meaning: 'fail unless this is the newest version (0: no config yet)',
  parse: parseExpectedVersion,
};

/** `--media-type`, of every command that stores content. */
export const MEDIA_TYPE: OptionDefinition = {
  flags: '--media-type <type>',
  completes: MEDIA_TYPES,
  meaning: "media type; default: the newest version's, else by the file's extension",
};

/** `--schema`, of the command that stores whole content. */
export const SCHEMA: OptionDefinition = {
  flags: '--schema <name>',
  completes: 'schemas',
  meaning: 'bind it to the JSON Schema in schemas/NAME: later versions must satisfy it; "none" ends that',
};

/** `--allow-empty`, of every command that stores what comes from standard input. */
export const ALLOW_EMPTY: OptionDefinition = {
  flags: '--allow-empty',
  meaning: 'store standard input although it is empty',
};

/** `--dry-run`, of `put`. */
export const DRY_RUN: OptionDefinition = {
  flags: '--dry-run',
  meaning: 'check it and say what would change; store nothing',
};

/** `--allow-secret`, of every command that stores content; once for each place. */
export const ALLOW_SECRET: OptionDefinition = {
  flags: '--allow-secret <path>',
  meaning: 'store it although this one place looks like a credential; the history says so',
  repeats: true,
};

/** `--allow-secrets`, of every command that stores content. */
export const ALLOW_SECRETS: OptionDefinition = {
  flags: '--allow-secrets',
  meaning: 'store it although it looks like a credential; the history keeps it',
};
