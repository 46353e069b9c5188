import { mediaTypeOfPath } from '../../core/content/media-type.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import { type PutConfigResult, putConfig } from '../../verbs/configs/put-config.ts';
import type { Environment } from '../program/command.ts';
import { MAX_CONTENT_BYTES } from '../program/environment.ts';
import { readInput } from './input.ts';

/** Arguments and options of `put` and `draft put`. */
export interface PutFileInput {
  readonly name: string;
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly message?: string;
  readonly mediaType?: string;
  readonly expectedVersion?: number;
  readonly allowSecrets?: boolean;
}

/** Stores a file byte for byte, as a version or as the draft. */
export async function putFile(environment: Environment, input: PutFileInput, draft: boolean): Promise<PutConfigResult> {
  const name = checkName(input.name);
  const bytes = await readInput(input.file, MAX_CONTENT_BYTES);
  const context = environment.context({ allowSecrets: input.allowSecrets });
  const put = putConfig(context, {
    name,
    bytes,
    mediaType: input.mediaType ?? (await guessMediaType(environment, name, input.file)),
    message: input.message,
    expectedVersion: input.expectedVersion,
    draft,
  });
  return put.catch((error: unknown) => {
    throw isStoreError(error, 'CONTENT_INVALID') ? inFile(error, input.file) : error;
  });
}

/** The same failure, with the name of the file it is in. */
function inFile({ code, message, hint, details, cause }: StoreError, file: string): StoreError {
  const where = file === '-' ? 'standard input' : file;
  return new StoreError(code, `${where}: ${message}`, { hint, cause, ...(details && { details }) });
}

/** Undefined leaves the choice to the verb: a config keeps its type, whatever this copy of it is called. */
async function guessMediaType(environment: Environment, name: string, file: string): Promise<string | undefined> {
  const head = await (await environment.store()).reader.head(name);
  return head !== undefined && head.action !== 'delete' ? undefined : mediaTypeOfPath(file);
}
