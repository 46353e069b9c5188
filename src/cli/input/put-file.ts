import { isStoreError, StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import { type PutConfigResult, putConfig } from '../../verbs/configs/put-config.ts';
import type { Context } from '../../verbs/shared/context.ts';
import { withWayOut } from './allow-secret.ts';
import { readInput } from './input.ts';

/** Arguments and options of `put` and `draft put`. */
export interface PutFileInput {
  readonly name: string;
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly message?: string;
  readonly mediaType?: string;
  readonly schema?: string;
  readonly expectedVersion?: number;
  readonly allowSecrets?: boolean;
  readonly allowEmpty?: boolean;
  readonly allowSecret?: readonly string[];
  readonly dryRun?: boolean;
}

/** Stores a file byte for byte, as a version or as the draft. */
export async function putFile(context: Context, input: PutFileInput, draft: boolean): Promise<PutConfigResult> {
  const name = checkName(input.name);
  const bytes = await readInput(input.file, context.maxContentBytes);
  // The command before a pipe that failed writes nothing.
  if (input.file === '-' && bytes.length === 0 && input.allowEmpty !== true)
    throw new StoreError('CONTENT_INVALID', 'standard input is empty, so nothing was stored', {
      hint: 'Look whether the command before the pipe failed; --allow-empty stores an empty config.',
    });
  const put = putConfig(context, {
    name,
    bytes,
    mediaType: input.mediaType,
    schema: input.schema === 'none' ? '' : input.schema,
    fileName: input.file,
    message: input.message,
    expectedVersion: input.expectedVersion,
    draft,
    dryRun: input.dryRun,
  });
  return put.catch((error: unknown) => {
    if (isStoreError(error, 'CONTENT_INVALID')) throw inFile(error, input.file);
    throw withWayOut(error);
  });
}

/** The same failure, with the name of the file it is in. */
function inFile({ code, message, hint, advice, details, cause }: StoreError, file: string): StoreError {
  const where = file === '-' ? 'standard input' : file;
  return new StoreError(code, `${where}: ${message}`, { hint, advice, cause, ...(details && { details }) });
}
