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

/** The same sentence with commands and flags in place of tools and parameters. */
export function inCommandWords(sentence: string): string {
  return sentence.replace(/\b[a-z]+_[a-z]+\b/g, (word) => COMMANDS[word] ?? word);
}
