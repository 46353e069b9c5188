/** `--raw`, of the commands that print content. */
export const RAW = {
  flags: '--raw',
  meaning: 'the exact bytes on a terminal too, whatever they do to it',
} as const;
