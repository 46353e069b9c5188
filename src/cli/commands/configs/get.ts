import { readdir, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { formatDigest, parseDigestPrefix } from '../../../core/digest.ts';
import { isStoreError } from '../../../core/errors.ts';
import { type ReplacedFile, replaceFile } from '../../../disk/replace-file.ts';
import type { VerifiedRead } from '../../../store/api/versions.ts';
import { getVersion, type VersionSelector } from '../../../verbs/configs/get-version.ts';
import type { Context } from '../../../verbs/shared/context.ts';
import { parseReference } from '../../input/config-reference.ts';
import { RAW } from '../../input/raw.ts';
import { noticeText } from '../../output/advice.ts';
import { encodeContent } from '../../output/encoded-content.ts';
import type { Output } from '../../output/output.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { untrustedExit } from '../../program/untrusted-exit.ts';

/** Arguments and options of `get`. */
interface GetInput {
  readonly reference: string;
  readonly out?: string;
  readonly raw?: boolean;
  readonly for?: string;
}

/** `config-store get NAME[@VERSION]`: the exact bytes, checked against digest, signature and chain. */
export const get: CommandDefinition<GetInput> = {
  arguments: [
    {
      syntax: '<reference>',
      meaning: 'NAME, NAME@VERSION, or a digest as it is shown (8 characters of it or more)',
      completes: 'versions',
    },
  ],
  options: [
    {
      flags: '-o, --out <file>',
      completes: 'files',
      meaning: 'write to this file, whole or not at all; one that is there is kept next to it, dated',
    },
    {
      flags: '--for <client>',
      completes: 'clients',
      meaning: "print the servers as they stand in this MCP client's file, to be pasted",
    },
    RAW,
  ],
  examples: [
    'config-store get claude-desktop/default',
    'config-store get claude-desktop/default@1 --out claude_desktop_config.json',
    'config-store get team/servers --for codex',
  ],
  notes:
    'Exit code 2 says that the bytes are there but cannot be trusted, 4 that there is nothing to check them against.',
  run: async (environment, { reference, out, raw, for: client }) => {
    const { context, output } = environment;
    const stored = await getVersion(context, selectorOf(reference)).catch(async (error: unknown) => {
      // A rollback may have taken it away.
      if (isStoreError(error, 'NOT_FOUND')) await warnOfDoubt(environment);
      throw error;
    });
    for (const notice of stored.notices) await output.warn(noticeText(notice));
    const read = client === undefined ? stored : await renderedFor(context, stored, client, output);
    const written = out === undefined || isStandardOutput(out) ? undefined : await writeFile(out, read.bytes);
    if (output.json) await output.result(describe(read, written), () => []);
    else if (written === undefined) await output.content(read.bytes, { raw, orOut: true });
    else await output.text(line(read, written));
    return untrustedExit(read);
  },
};

/** The config in a client's words; what that cannot hold is said on standard error. */
async function renderedFor(
  context: Context,
  read: VerifiedRead,
  client: string,
  output: Output,
): Promise<VerifiedRead> {
  const { lossText, renderConfig } = await import('../../../verbs/clients/render-config.ts');
  const { name, version } = read.row;
  const { text, mediaType, losses } = await renderConfig(await context.store(), { name, version, client });
  for (const loss of losses) await output.warn(lossText(loss));
  return { ...read, bytes: Buffer.from(text), row: { ...read.row, mediaType } };
}

/** Writes a file; of one that is there, the newest copies are kept next to it. */
async function writeFile(path: string, bytes: Uint8Array): Promise<ReplacedFile> {
  const { copiesToDrop, freeCopyPath } = await import('../../../clients/target/backup-copy.ts');
  const written = await replaceFile(path, bytes, { keepAt: async (target) => freeCopyPath(target, new Date()) });
  if (written.kept !== undefined)
    for (const old of copiesToDrop(written.path, await readdir(dirname(written.path)))) await rm(old, { force: true });
  return written;
}

function line({ row, bytes }: VerifiedRead, { path, kept }: ReplacedFile): string {
  const before = kept === undefined ? '' : `  (what was there is in ${basename(kept)})`;
  return `${row.name}@${row.version}  ${bytes.length} bytes  ${path}${before}\n`;
}

/** The names of standard output, which is written to and never replaced. */
function isStandardOutput(path: string): boolean {
  return path === '-' || ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'].includes(path);
}

function selectorOf(reference: string): VersionSelector {
  if (/^sha256:/i.test(reference)) return { digest: reference };
  return parseDigestPrefix(reference) === undefined ? parseReference(reference) : { nameOrDigest: reference };
}

function describe(
  { row, bytes, verified, receipt, notices }: VerifiedRead,
  written: ReplacedFile | undefined,
): Record<string, unknown> {
  return {
    name: row.name,
    version: row.version,
    digest: formatDigest(row.digest),
    mediaType: row.mediaType,
    size: bytes.length,
    ...(written === undefined ? encodeContent(bytes) : { out: written.path, kept: written.kept }),
    verified,
    receipt,
    warnings: notices.map(noticeText),
  };
}
