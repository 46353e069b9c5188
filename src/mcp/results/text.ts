import { snakeCase } from '../../core/case.ts';
import type { VerbResult } from '../tool/tool.ts';

/** The most characters of content, or of the lines of a list, that the text part of a result repeats. */
const TEXT_CHARS = 2_000;

type Entry = Readonly<Record<string, unknown>>;

/**
 * A verb's result for people, and for clients that pass on nothing but text: its summary, what makes it doubtful, the
 * beginning of the content or of the list, and the next step.
 */
export function describeResult(result: VerbResult): string {
  const record = result as unknown as Entry;
  const warnings = Array.isArray(record['warnings']) ? record['warnings'] : [];
  const doubts = warnings.filter((warning) => typeof warning === 'string').map((warning) => `Warning: ${warning}`);
  const parts = [result.summary, ...doubts, contentOf(record) ?? listOf(record), result.next];
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}

function contentOf({ content, unified, encoding, offset }: Entry): string | undefined {
  if (typeof content !== 'string') return typeof unified === 'string' ? cutText(unified, '') : undefined;
  if (encoding === 'base64' && content.length > TEXT_CHARS)
    return `[${content.length} characters of base64 in the structured content]`;
  const advice =
    typeof offset === 'number'
      ? `; if only this text reaches you, go on with offset ${offset + TEXT_CHARS} and max_chars ${TEXT_CHARS}`
      : '';
  return cutText(content, advice);
}

function cutText(text: string, advice: string): string {
  if (text.length <= TEXT_CHARS) return text;
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, TEXT_CHARS)) ? TEXT_CHARS - 1 : TEXT_CHARS;
  return `${text.slice(0, end)}\n[${text.length - end} more characters in the structured content${advice}]`;
}

/** The lists a result may have, in the order they are shown, each with the line that stands for an entry. */
const LINES: Readonly<Record<string, (entry: Entry) => string>> = {
  tools: toolLine,
  lastFailures: failureLine,
  configs: configLine,
  versions: versionLine,
  changes: changeLine,
  published: ({ name, version, digest }) => `${name}  version ${version}  ${shortDigest(digest)}`,
  findings: ({ severity, code, where, message, hint }) => `${severity} ${code} ${where}: ${message} (${hint})`,
  errors: ({ code, path, message }) => `error ${code} ${place(path)}${message}`,
  warnings: ({ code, path, message }) => `warning ${code} ${place(path)}${message}`,
  checks: ({ ok, name, message, hint }) =>
    `${ok === true ? 'ok' : 'NOT OK'}  ${name}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
};

function listOf(record: Entry): string | undefined {
  const lines = Object.entries(LINES).flatMap(([key, line]) => {
    const list = record[key];
    // Strings are the warnings of a read, which stand further up.
    if (!Array.isArray(list) || (key === 'changes' && isFirstContent(record, list))) return [];
    return list.filter((entry) => typeof entry === 'object').map(line);
  });
  return lines.length === 0 ? undefined : cutLines(lines);
}

/** A write that began a config: its only change is the content the caller sent a moment ago. */
function isFirstContent({ created }: Entry, changes: readonly Entry[]): boolean {
  return created === true && changes.length === 1 && changes[0]?.['op'] === 'add' && changes[0]['path'] === '';
}

function cutLines(lines: readonly string[]): string {
  const [first = '', ...others] = lines;
  const shown = [cutText(first, '')];
  let chars = first.length;
  for (const line of others) {
    chars += line.length + 1;
    if (chars > TEXT_CHARS) break;
    shown.push(line);
  }
  const left = lines.length - shown.length;
  return left === 0 ? shown.join('\n') : [...shown, `[${left} more in the structured content]`].join('\n');
}

function toolLine({ tool, calls, failures, p50Ms, p95Ms, maxMs }: Entry): string {
  return `${tool}: ${calls} called, ${failures} failed; half within ${p50Ms} ms, 95 % within ${p95Ms} ms, slowest ${maxMs} ms`;
}

function failureLine({ time, event, tool, config, code, rule, path }: Entry): string {
  const facts = [tool, config, code, rule, path].filter((fact) => fact !== undefined).join('  ');
  return `failed: ${time}  ${event}${facts === '' ? '' : `  ${facts}`}`;
}

function configLine({
  name,
  version,
  mediaType,
  size,
  time,
  digest,
  message,
  deleted,
  hasDraft,
  commits,
}: Entry): string {
  // What a review counts has no content to speak of.
  if (mediaType === undefined) return `changed: ${name}  version ${version}  ${time}  commits: ${commits}`;
  const flags = `${deleted === true ? '  deleted' : ''}${hasDraft === true ? '  has a draft' : ''}`;
  return `${name}  version ${version}  ${mediaType}  ${size} bytes  ${time}  ${shortDigest(digest)}${quoted(message)}${flags}`;
}

function versionLine({ version, action, restoredFrom, size, time, author, digest, message, verified }: Entry): string {
  const what = restoredFrom === undefined ? action : `${action} of version ${restoredFrom}`;
  const { name } = author as Entry;
  return `version ${version}  ${what}  ${size} bytes  ${time}  by ${name}  ${shortDigest(digest)}  ${verified}${quoted(message)}`;
}

function changeLine(change: Entry): string {
  const { op, path, before, after } = change;
  if (typeof op !== 'string' || typeof path !== 'string') return JSON.stringify(snakeCase(change));
  const at = path === '' ? 'the whole content' : path;
  switch (op) {
    case 'add':
      return `+ ${at}${value(after)}`;
    case 'remove':
      return `- ${at}${value(before)}`;
    default:
      return `~ ${at}${value(before)}${after === undefined ? '' : ` ->${value(after).slice(1)}`}`;
  }
}

function value(given: unknown): string {
  return given === undefined ? '' : `: ${JSON.stringify(given)}`;
}

function place(path: unknown): string {
  return path === '' || path === undefined ? '' : `${path}: `;
}

function quoted(message: unknown): string {
  return typeof message === 'string' && message !== '' ? `  ${JSON.stringify(message)}` : '';
}

/** Long enough to be given to get_config. */
function shortDigest(digest: unknown): string {
  return `${String(digest).slice(0, 'sha256:'.length + 12)}…`;
}
