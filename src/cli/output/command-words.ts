/** What a person types where a verb's hint names the tool an assistant calls. */
const COMMANDS: Readonly<Record<string, string>> = {
  list_configs: '"config-store list"',
  get_config: '"config-store get"',
  list_history: '"config-store log"',
  diff_configs: '"config-store diff"',
  put_config: '"config-store put"',
  patch_config: '"config-store put"',
  publish_drafts: '"config-store draft publish"',
  discard_draft: '"config-store draft discard"',
  restore_config: '"config-store restore"',
  delete_config: '"config-store rm"',
  verify_store: '"config-store verify"',
  check_health: '"config-store health"',
  review_telemetry: '"config-store telemetry"',
  expected_version: '--expected-version',
  media_type: '--media-type',
};

/** Where a call with its arguments is another command, or the name belongs on the line. */
const CALLS: ReadonlyArray<readonly [call: RegExp, line: string]> = [
  [/\bdiff_configs, name (\S+) and draft true/g, '"config-store diff $1 --draft"'],
  [/\bdiff_configs and draft true/g, '"config-store diff --draft"'],
  [/\bget_config and draft true/g, '"config-store draft show"'],
  [/\bput_config, draft true and expected_version (\d+)/g, '"config-store draft put" and --expected-version $1'],
  [/\bput_config with draft true/g, '"config-store draft put"'],
  [/\bpublish_drafts, names \["([^"]+)"\] and expected \[[^\]]*\]/g, '"config-store draft publish $1"'],
  [/\brestore_config with name (\S+) and version (\d+)/g, '"config-store restore $1@$2"'],
  [/\blist_configs with include_deleted true/g, '"config-store list --deleted"'],
  [/^Correct the text at that place and send it again/g, 'Mend the file at that place and try again'],
];

/** The same sentence with commands and flags in place of tools and parameters. */
export function inCommandWords(sentence: string): string {
  const lines = CALLS.reduce((text, [call, line]) => text.replace(call, line), sentence);
  return lines.replace(/\b[a-z]+_[a-z]+\b/g, (word) => COMMANDS[word] ?? word);
}
