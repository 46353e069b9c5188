import { parsePointer } from '../../core/json/pointer.ts';
import { argumentInvalid } from '../shared/argument.ts';

/** Returns a JSON Pointer where one is given. @throws StoreError ARGUMENT_INVALID for what is none */
export function checkPlace(path: string | undefined): string | undefined {
  if (path === undefined || parsePointer(path) !== undefined) return path;
  throw argumentInvalid(
    `${JSON.stringify(path.slice(0, 100))} is no JSON Pointer`,
    'Begin it with a slash, such as /mcpServers/github; write ~1 for a slash in a name, and ~0 for a tilde.',
  );
}
