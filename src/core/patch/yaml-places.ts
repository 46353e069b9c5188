import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Path } from '../json/pointer.ts';
import { lineStart } from './edits.ts';

/** Returns the node at a path, or what stands there instead of one. */
export function find(root: Node | null, path: Path): unknown {
  let node: unknown = root;
  for (const step of path) {
    if (isMap(node)) node = pairOf(node, step)?.value;
    else if (isSeq(node) && typeof step === 'number') node = node.items[step];
    else return undefined;
  }
  return node;
}

/** Returns the pair of a map with this name. */
export function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find(
    (pair) => isScalar(pair.key) && (pair.key.value === null ? '' : String(pair.key.value)) === String(key),
  );
}

/** Returns where a pair stands. */
export function placeOf(text: string, pair: Pair): { start: number; end: number } {
  return { start: rangeOf(pair.key as Node)[0], end: pairEnd(text, pair) };
}

/** Returns where an item of a list stands. */
export function itemPlace(text: string, item: Node): { start: number; end: number } {
  return { start: rangeOf(item)[0], end: endOf(text, item) };
}

/** Returns where the text of a pair ends: behind its value, without the comments and blank lines that follow. */
export function pairEnd(text: string, pair: Pair): number {
  const node = pair.value as Node | null;
  if (node !== null && rangeOf(node)[0] !== rangeOf(node)[1]) return endOf(text, node);
  const [, end] = rangeOf(pair.key as Node);
  return end + (/^\s*:/.exec(text.slice(end))?.[0].length ?? 0);
}

/** Returns where the text of a value ends, without the comments and blank lines that follow. */
export function endOf(text: string, node: Node): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = node.items.at(-1);
    if (isMap(node) && last !== undefined) return pairEnd(text, last as Pair);
    if (last !== undefined) return endOf(text, last as Node);
  }
  const [start, end] = rangeOf(node);
  return start + text.slice(start, end).trimEnd().length;
}

/** Returns where the dash of an item stands; it is alone before the item on its line. */
export function dashColumn(text: string, item: Node): number {
  const [start] = rangeOf(item);
  const before = /^([ ]*)-[ \t]+$/.exec(text.slice(lineStart(text, start), start));
  if (before === null) throw new SyntaxError('the item shares its line');
  return (before[1] as string).length;
}

/** Returns the key of a pair as it is written. */
export function keyText(text: string, { key }: Pair): string {
  const [start, end] = rangeOf(key as Node);
  return text.slice(start, end);
}

/** True for a scalar on its line, without a tag or an anchor that would stay before another value. */
export function isPlain(text: string, node: Node): boolean {
  const [start, end] = rangeOf(node);
  const hasMark = ('tag' in node && node.tag !== undefined) || ('anchor' in node && node.anchor !== undefined);
  return start < end && !hasMark && !/^[|>&!]/.test(text.slice(start, end));
}

/** Returns how far a place is from the start of its line. */
export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

/** Returns where a node stands. @throws SyntaxError where that is not known */
export function rangeOf(node: Node): readonly [start: number, end: number] {
  if (node.range == null) throw new SyntaxError('the place is not known');
  return [node.range[0], node.range[1]];
}
