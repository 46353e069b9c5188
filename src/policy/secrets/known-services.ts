import type { CredentialMatch } from './credential-forms.ts';
import { isExample, isPlaceholder, literalPart } from './placeholder.ts';

/**
 * Every credential that the library's rules look for has one of these in it; text without any is not worth loading the library for. A test
 * holds this list to the library's own rules.
 */
const TRIGGER =
  /secret_?access_?key|-----BEGIN|x-oauth-basic|_authToken=|npm_|xox[abopr]-|xapp-|hooks\.slack\.com|sk-(?:ant|proj|svcacct|admin)-|T3BlbkFJ|gsk_|hf_|lin_api_|ntn_|\bSG\.\w+\.\w|shp(?:pa|ca|at|ss)_|[sr]k_(?:live|test)|gh[pousr]_|github_pat_|glpat-|glc_|glsa_|ops_ey|\bhv[sbr]\.|\bvc[pianrk]_|dapi[0-9a-f]{8}|dckr_pat_|figd_|cf(?:k|ut|at)_|tskey-/i;

/**
 * Rules of the preset that are not run: one reads files by the source's path, one lets a comment in the content switch the
 * others off, which content under inspection must not be able to do; two look at passwords in URLs, which are found here
 * without the URLs of documentation.
 */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  '@secretlint/secretlint-rule-gcp',
  '@secretlint/secretlint-rule-filter-comments',
  '@secretlint/secretlint-rule-basicauth',
  '@secretlint/secretlint-rule-database-connection-string',
]);

let library: Promise<(text: string) => Promise<CredentialMatch[]>> | undefined;

/** Credentials of services the secret-scanning library knows; the library is loaded when the first text gives reason to. */
export async function findServiceCredentials(text: string): Promise<CredentialMatch[]> {
  if (!TRIGGER.test(text)) return [];
  library ??= load();
  const scan = await library;
  return scan(text);
}

async function load(): Promise<(text: string) => Promise<CredentialMatch[]>> {
  const [{ lintSource }, preset, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
    import('@secretlint/profiler'),
  ]);
  // Its marks would pile up for as long as the process lives.
  secretLintProfiler.setEnabled(false);
  const rules = preset.rules.filter((rule) => !LEFT_OUT.has(rule.meta.id)).map((rule) => ({ id: rule.meta.id, rule }));
  const config: Parameters<typeof lintSource>[0]['options']['config'] = { rules };
  return async (text) => {
    const { messages } = await lintSource({
      source: { content: text, filePath: '', ext: '.txt', contentType: 'text' },
      options: { config, noPhysicFilePath: true },
    });
    // The library's message quotes the credential: only its rule and range are used.
    return messages
      .filter(({ range }) => {
        const match = text.slice(range[0], range[1]);
        return literalPart(match) === match.trim() && !isExample(match) && !isPlaceholder(match.trim());
      })
      .map(({ ruleId, range }) => ({
        rule: ruleId.replace(/^.*secretlint-rule-/, ''),
        at: range[0],
        length: range[1] - range[0],
      }));
  };
}
