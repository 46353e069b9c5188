import { Exact } from '../content/exact.ts';
import { StoreError } from '../errors.ts';
import { MAX_DEPTH } from './canonical-json.ts';
import { isObject } from './is-object.ts';

/**
 * Returns the result of a JSON Merge Patch (RFC 7386, section 2): members of `patch` replace those of `target`, `null`
 * removes, objects merge, everything else (arrays among it) replaces whole. Neither argument is changed; parts may be
 * shared.
 *
 * @throws StoreError `CONTENT_INVALID` when the patch is nested deeper than {@link MAX_DEPTH}.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  return merge(target, patch, 0);
}

function merge(target: unknown, patch: unknown, depth: number): unknown {
  if (!isObject(patch) || patch instanceof Exact) return patch;
  if (depth >= MAX_DEPTH) {
    throw new StoreError('CONTENT_INVALID', `the merge patch is nested deeper than ${MAX_DEPTH}`, {
      hint: 'Give a flatter patch.',
    });
  }
  // A value below a tag or another mark keeps that mark.
  if (target instanceof Exact && isObject(target.value))
    return new Exact(target.type, merge(target.value, patch, depth + 1));
  const merged = new Map(isObject(target) && !(target instanceof Exact) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, merge(merged.get(key), value, depth + 1));
  }
  // fromEntries defines members, so that one named __proto__ stays an ordinary member.
  return Object.fromEntries(merged);
}
