import type { CommandName } from './commands.ts';

/** Words that other programs, and the tools for assistants, have for what a command here does. */
const COMMANDS: Readonly<Record<string, CommandName>> = {
  add: 'put',
  annotate: 'blame',
  cat: 'get',
  check: 'verify',
  compare: 'diff',
  delete: 'rm',
  discard: 'draft discard',
  drafts: 'draft list',
  find: 'search',
  fsck: 'verify',
  grep: 'search',
  history: 'log',
  import: 'put',
  info: 'status',
  ls: 'list',
  metrics: 'telemetry',
  publish: 'draft publish',
  read: 'get',
  move: 'mv',
  remove: 'rm',
  rename: 'mv',
  report: 'open',
  review: 'telemetry',
  revert: 'restore',
  rollback: 'restore',
  rotate: 'keys rotate',
  save: 'put',
  show: 'get',
  start: 'serve',
  store: 'put',
  tag: 'label',
  undo: 'restore',
  versions: 'log',
};

/** Returns the command that the first of these words means, where it is none itself; undefined where nothing is known. */
export function commandFor([word]: readonly string[]): CommandName | undefined {
  return word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
}
