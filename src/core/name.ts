import { StoreError } from './errors.ts';
import { isShowable } from './json/pointer.ts';

const SEGMENT = '[a-z0-9][a-z0-9._-]{0,62}';
const NAME = new RegExp(`^${SEGMENT}(?:/${SEGMENT}){0,7}$`);
/** The longest config name, in characters. */
export const MAX_NAME_CHARS = 255;

/** Returns true for a config name: 1 to 8 segments joined by `/`, each `[a-z0-9][a-z0-9._-]{0,62}`, 255 characters at most. */
export function isConfigName(text: unknown): text is string {
  return typeof text === 'string' && follows(text);
}

/**
 * Returns the name itself, when it is one.
 *
 * @throws StoreError `NAME_INVALID`, with a name that would be valid where one is near.
 */
export function checkName(text: string): string {
  if (follows(text)) return text;
  // A credential that was sent as a name must not come back in the error.
  const showable = isShowable(text);
  const [, named, version] = /^([^@]+)@(\d{1,9})$/.exec(text) ?? [];
  if (named !== undefined && follows(named))
    throw new StoreError('NAME_INVALID', `${JSON.stringify(text)} is a name and a version, not a name`, {
      hint: `Give the name as "${named}" and the version, ${version}, by itself.`,
    });
  const near = showable ? suggestName(text) : undefined;
  throw new StoreError('NAME_INVALID', `${showable ? JSON.stringify(text) : 'the given name'} is not a config name`, {
    hint: `Use 1 to 8 segments joined by "/", each of a-z, 0-9, ".", "_" and "-" and starting with a letter or digit, 255 characters at most${near === undefined ? '' : `; for example "${near}"`}.`,
  });
}

function suggestName(text: string): string | undefined {
  const near = text
    .normalize('NFKD')
    .toLowerCase()
    .split(/[/\\]+/)
    .map((segment) =>
      segment
        .replace(/[^a-z0-9._-]+/g, '-')
        .replace(/^[^a-z0-9]+|-+$/g, '')
        .slice(0, 63),
    )
    .filter((segment) => segment !== '')
    .slice(0, 8)
    .join('/');
  return follows(near) ? near : undefined;
}

function follows(text: string): boolean {
  return text.length <= MAX_NAME_CHARS && NAME.test(text);
}
