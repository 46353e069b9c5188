import { isUtf8 } from 'node:buffer';
import { contentKind } from '../../../core/content/media-type.ts';
import { isStoreError, StoreError, toStoreError } from '../../../core/errors.ts';
import { checkName } from '../../../core/name.ts';
import type { VerifiedRead } from '../../../store/api/versions.ts';
import { getVersion } from '../../../verbs/configs/get-version.ts';
import { type PutConfigRequest, putConfig } from '../../../verbs/configs/put-config.ts';
import { keepAsDraft } from '../../../verbs/drafts/keep-as-draft.ts';
import type { Context } from '../../../verbs/shared/context.ts';
import { withWayOut } from '../../input/allow-secret.ts';
import { confirm, YES } from '../../input/confirm.ts';
import { type EditedFile, withEditedFile } from '../../input/editor.ts';
import { ALLOW_SECRET, ALLOW_SECRETS, MEDIA_TYPE, MESSAGE } from '../../input/write-options.ts';
import { noticeText } from '../../output/advice.ts';
import { renderWritten } from '../../output/render.ts';
import { wordedWrite } from '../../output/worded.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';

/** Arguments and options of `edit`. */
interface EditInput {
  readonly name: string;
  readonly message?: string;
  readonly mediaType?: string;
  readonly yes?: boolean;
}

/** `config-store edit NAME`: the newest version in the person's editor, and what it became as the next. */
export const edit: CommandDefinition<EditInput> = {
  arguments: [{ syntax: '<name>', meaning: 'config name; a new one begins empty', completes: 'configs' }],
  options: [MESSAGE, MEDIA_TYPE, YES, ALLOW_SECRET, ALLOW_SECRETS],
  examples: [
    'config-store edit claude-desktop/default',
    'EDITOR="code --wait" config-store edit team/servers -m "newer"',
  ],
  notes:
    'Opens VISUAL, else EDITOR. What you save is checked as a put would, shown as a diff, and signed when you say so. When another change came first, nothing is stored, and your text is kept as the draft where there is none yet. The file in between is readable by you alone and removed.',
  endsItself: true,
  run: async (environment, input) => {
    const name = checkName(input.name);
    const { context, output } = environment;
    const before = await newest(context, name);
    if (before === undefined) await output.notice(`there is no ${name} yet: this makes it`);
    for (const notice of before?.notices ?? []) await output.warn(noticeText(notice));
    const bytes = before?.bytes ?? new Uint8Array();
    if (!isUtf8(bytes) || bytes.includes(0))
      throw new StoreError('ARGUMENT_INVALID', `${name} is not text, so no editor can show it`, {
        hint: 'Write it to a file, change it there, and put it.',
      });
    const type = before?.row.mediaType ?? input.mediaType ?? 'text/plain';
    const fileName = `${name.split('/').at(-1)}${extensionOf(type, name)}`;
    return withEditedFile({ bytes, fileName, maxBytes: context.maxContentBytes }, context.installation, (file) =>
      store(environment, { ...input, name }, before, file),
    );
  },
};

async function newest(context: Context, name: string): Promise<VerifiedRead | undefined> {
  try {
    return await getVersion(context, { name });
  } catch (error) {
    // Never there, or deleted: a config begins. Anything else must not be written over.
    if (isStoreError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

async function store(
  environment: Environment,
  { name, message, mediaType, yes = false }: EditInput,
  before: VerifiedRead | undefined,
  file: EditedFile,
): Promise<undefined> {
  const { context, output } = environment;
  const expectedVersion = before?.row.version ?? 0;
  for (;;) {
    const bytes = await file.edit();
    const request: PutConfigRequest = { name, bytes, message, mediaType, expectedVersion };
    if (Buffer.compare(bytes, before?.bytes ?? new Uint8Array()) === 0 && mediaType === undefined) {
      await output.result(
        { name, created: false, version: expectedVersion },
        () => `${name} unchanged: nothing was stored`,
      );
      return undefined;
    }
    let newest = 0;
    try {
      const preview = await putConfig(context, { ...request, dryRun: true });
      newest = preview.version ?? 0;
      if (!output.json) await output.text(`${renderWritten(preview, output).join('\n')}\n`);
    } catch (error) {
      if (isStoreError(error, 'VERSION_CONFLICT')) throw await kept(context, request, error);
      // Only the person can fix this: it is shown, and the editor opens again with the text as it is.
      if (yes || !isStoreError(error, 'CONTENT_INVALID', 'SECRET_FOUND', 'SCHEMA_VIOLATION', 'CONTENT_TOO_LARGE'))
        throw withWayOut(error);
      await output.failure(toStoreError(withWayOut(error)));
      await confirm('Edit again? Otherwise what you wrote is lost.', false);
      continue;
    }
    await confirm(`Sign this as version ${newest + 1} of ${name}?`, yes);
    const result = await putConfig(context, request).catch(async (error: unknown) => {
      throw isStoreError(error, 'VERSION_CONFLICT') ? await kept(context, request, error) : withWayOut(error);
    });
    await output.result(wordedWrite(result), () => renderWritten(result, output));
    return undefined;
  }
}

/** Keeps what was written as the draft, on the version it was begun on, and says so in the refusal. */
async function kept(context: Context, request: PutConfigRequest, conflict: StoreError): Promise<StoreError> {
  const { code, message, details, advice } = conflict;
  const { name } = request;
  const isKept = await keepAsDraft(context, { ...request, baseVersion: request.expectedVersion ?? 0 });
  return new StoreError(code, `${message}: it was changed while you edited`, {
    hint: isKept ? 'What you wrote is the draft now.' : 'What you wrote is lost: there is a draft already.',
    advice: isKept
      ? [
          { do: 'compare-draft', name },
          { do: 'discard-draft', name },
        ]
      : advice,
    ...(details && { details }),
  });
}

/** The extension by which editors know the language, unless the name ends in one. */
function extensionOf(mediaType: string, name: string): string {
  if (/\.[a-z0-9]+$/.test(name)) return '';
  const kind = contentKind(mediaType);
  if (kind === 'json' || kind === 'jsonc' || kind === 'yaml' || kind === 'toml') return `.${kind}`;
  return /markdown/.test(mediaType) ? '.md' : '.txt';
}
