import { formatDigest } from '../../../core/digest.ts';
import { shortId } from '../../../core/short-id.ts';
import { spellLine } from '../../../core/visible.ts';
import type { Draft } from '../../../store/api/drafts.ts';
import { discardDraft } from '../../../verbs/drafts/discard-draft.ts';
import { getDraft } from '../../../verbs/drafts/get-draft.ts';
import { listDrafts } from '../../../verbs/drafts/list-drafts.ts';
import { publishDrafts } from '../../../verbs/drafts/publish-drafts.ts';
import { withWayOut } from '../../input/allow-secret.ts';
import { type PutFileInput, putFile } from '../../input/put-file.ts';
import { RAW } from '../../input/raw.ts';
import {
  ALLOW_EMPTY,
  ALLOW_SECRET,
  ALLOW_SECRETS,
  EXPECTED_VERSION,
  MEDIA_TYPE,
  MESSAGE,
} from '../../input/write-options.ts';
import { encodeContent } from '../../output/encoded-content.ts';
import { renderChanges, renderNext, renderWritten } from '../../output/render.ts';
import { formatSize, table } from '../../output/table.ts';
import { worded, wordedWrite } from '../../output/worded.ts';
import type { CommandDefinition, CommandGroup } from '../../program/command.ts';

const DRAFT = { syntax: '<name>', meaning: 'config name', completes: 'drafts' } as const;
const NAME = { syntax: '<name>', meaning: 'config name', completes: 'configs' } as const;

const list: CommandDefinition = {
  examples: ['config-store draft list'],
  run: async ({ context, output }) => {
    const drafts = await listDrafts(context);
    await output.result({ drafts: drafts.map((draft) => ({ ...draft, digest: formatDigest(draft.digest) })) }, () =>
      drafts.length === 0
        ? 'no drafts'
        : table(
            drafts,
            [
              { heading: 'NAME', cell: ({ name }) => name, style: output.colors.bold },
              { heading: 'BASE', cell: ({ baseVersion }) => `${baseVersion}`, align: 'right' },
              { heading: 'DIGEST', cell: ({ digest }) => shortId(digest), style: output.colors.dim, spare: 4 },
              { heading: 'SIZE', cell: ({ size }) => formatSize(size), align: 'right', spare: 3 },
              { heading: 'TIME', cell: ({ time }) => output.time(time), spare: 1 },
              { heading: 'AUTHOR', cell: ({ author }) => author.name, maxChars: 24, spare: 2 },
              { heading: 'MESSAGE', cell: ({ message }) => message, maxChars: 60 },
            ],
            output,
          ),
    );
    return undefined;
  },
};

const show: CommandDefinition<{ name: string; raw?: boolean }> = {
  arguments: [DRAFT],
  options: [RAW],
  examples: ['config-store draft show claude-desktop/default'],
  run: async ({ context, output }, { name, raw }) => {
    const draft = await getDraft(context, { name });
    if (!output.json) await output.content(draft.bytes, { raw });
    else await output.result({ ...describe(draft), ...encodeContent(draft.bytes) }, () => []);
    return undefined;
  },
};

const put: CommandDefinition<PutFileInput> = {
  arguments: [NAME, { syntax: '<file>', meaning: 'file to store; "-" reads standard input', completes: 'files' }],
  options: [MESSAGE, EXPECTED_VERSION, MEDIA_TYPE, ALLOW_EMPTY, ALLOW_SECRET, ALLOW_SECRETS],
  examples: ['config-store draft put claude-desktop/default claude_desktop_config.json'],
  endsItself: true,
  run: async (environment, input) => {
    const result = await putFile(environment.context, input, true);
    await environment.output.result(wordedWrite(result), () => renderWritten(result, environment.output));
    return undefined;
  },
};

const publish: CommandDefinition<{ names: string[]; message?: string }> = {
  arguments: [{ syntax: '[names...]', meaning: 'config names; all drafts by default', completes: 'drafts' }],
  options: [MESSAGE, ALLOW_SECRET, ALLOW_SECRETS],
  examples: ['config-store draft publish claude-desktop/default --message "reviewed"'],
  notes: 'All of them become versions in one commit, or none does.',
  endsItself: true,
  run: async ({ context, output }, { names, message }) => {
    const request = { names: names.length > 0 ? names : undefined, message };
    const result = await publishDrafts(context, request).catch((error: unknown) => {
      throw withWayOut(error);
    });
    await output.result(worded(result), () => [
      ...renderWritten({ summary: result.summary, receipt: result.receipt, notices: result.notices }, output),
      ...result.published.flatMap((config) => [
        `${config.name}@${config.version}  ${shortId(config.digest)}`,
        ...renderChanges(config, output),
      ]),
      ...renderNext(result, output),
    ]);
    return undefined;
  },
};

const discard: CommandDefinition<{ name: string }> = {
  arguments: [DRAFT],
  examples: ['config-store draft discard claude-desktop/default'],
  endsItself: true,
  run: async ({ context, output }, { name }) => {
    const result = await discardDraft(context, { name });
    await output.result(worded(result), () => [spellLine(result.summary), ...renderNext(result, output)]);
    return result.discarded ? undefined : 66;
  },
};

/** `config-store draft …`: unsigned working copies, shared by all processes until they are published. */
export const draft = {
  subcommands: {
    list: { summary: 'list the drafts', load: async () => list },
    show: { summary: 'print a draft, byte for byte', load: async () => show },
    put: { summary: 'store a file as the draft of a config', load: async () => put },
    publish: { summary: 'sign drafts and make them the newest versions', load: async () => publish },
    discard: { summary: 'drop a draft', load: async () => discard },
  },
} as const satisfies CommandGroup;

function describe({ bytes: _, digest, ...facts }: Draft): Record<string, unknown> {
  return { ...facts, digest: formatDigest(digest) };
}
