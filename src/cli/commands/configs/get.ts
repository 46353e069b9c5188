import { formatDigest, parseDigestPrefix } from '../../../core/digest.ts';
import { replaceFile } from '../../../disk/replace-file.ts';
import type { VerifiedRead } from '../../../store/api/versions.ts';
import { getVersion, type VersionSelector } from '../../../verbs/configs/get-version.ts';
import { parseReference } from '../../input/config-reference.ts';
import { RAW } from '../../input/raw.ts';
import { noticeText } from '../../output/advice.ts';
import { encodeContent } from '../../output/encoded-content.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { untrustedExit } from '../../program/untrusted-exit.ts';

/** `config-store get NAME[@VERSION]`: the exact bytes, checked against digest, signature and chain. */
export const get: CommandDefinition<{ reference: string; out?: string; raw?: boolean }> = {
  arguments: [
    {
      syntax: '<reference>',
      meaning: 'NAME, NAME@VERSION, or a digest as it is shown (8 characters of it or more)',
      completes: 'configs',
    },
  ],
  options: [{ flags: '--out <file>', meaning: 'write to this file, whole or not at all' }, RAW],
  examples: [
    'config-store get claude-desktop/default',
    'config-store get claude-desktop/default@1 --out claude_desktop_config.json',
  ],
  notes:
    'Exit code 2 says that the bytes are there but cannot be trusted, 4 that there is nothing to check them against.',
  run: async ({ context, output }, { reference, out, raw }) => {
    const read = await getVersion(context, selectorOf(reference));
    for (const notice of read.notices) await output.warn(noticeText(notice));
    const path = out === undefined ? undefined : await replaceFile(out, read.bytes);
    if (output.json) await output.result(describe(read, path), () => []);
    else if (path === undefined) await output.content(read.bytes, raw);
    else await output.text(`${read.row.name}@${read.row.version}  ${read.bytes.length} bytes  ${path}\n`);
    return untrustedExit(read);
  },
};

function selectorOf(reference: string): VersionSelector {
  if (/^sha256:/i.test(reference)) return { digest: reference };
  return parseDigestPrefix(reference) === undefined ? parseReference(reference) : { nameOrDigest: reference };
}

function describe(
  { row, bytes, verified, receipt, notices }: VerifiedRead,
  path: string | undefined,
): Record<string, unknown> {
  return {
    name: row.name,
    version: row.version,
    digest: formatDigest(row.digest),
    mediaType: row.mediaType,
    size: bytes.length,
    ...(path === undefined ? encodeContent(bytes) : { out: path }),
    verified,
    receipt,
    warnings: notices.map(noticeText),
  };
}
