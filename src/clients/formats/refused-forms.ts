import type { Document, Node } from 'yaml';
import type { ClientText } from './client-text.ts';
import type { SectionPlace } from './section.ts';

/**
 * Returns why the section, or the entry, is in a form that is not edited although it is well formed: those in which one splice
 * could mean something else. Undefined when it is in the usual one.
 */
export async function refusedForm(
  { text, format }: ClientText,
  place: SectionPlace,
  name: string,
): Promise<string | undefined> {
  if (format === 'yaml') return refusedYaml(text, place);
  return format === 'toml' ? refusedToml(text, place, name) : undefined;
}

async function refusedToml(text: string, { section }: SectionPlace, name: string): Promise<string | undefined> {
  const { scanToml } = await import('../../core/content/toml-scan.ts');
  const path = [...section, name];
  const shown = section.join('.');
  for (const { key, isArray, pairs } of scanToml(text).tables) {
    if (isArray && startsWith(section, key)) return `its ${shown} is an array of tables`;
    for (const pair of pairs) {
      const full = [...key, ...pair.key];
      if (startsWith(section, full) && pair.value.type !== 'bare') return `its ${shown} is an inline table`;
      if (startsWith(full, path) && (pair.key.length > 1 || key.length < path.length) && key.length < path.length)
        return `its entry ${JSON.stringify(name)} is written inline or with dotted keys`;
    }
  }
  return undefined;
}

function startsWith(path: readonly string[], beginning: readonly string[]): boolean {
  return beginning.length <= path.length && beginning.every((step, i) => step === path[i]);
}

async function refusedYaml(text: string, { section }: SectionPlace): Promise<string | undefined> {
  const { isAlias, isCollection, isMap, isNode, isPair, isScalar, parseAllDocuments, visit } = await import('yaml');
  const shown = section.join('.');
  const [document, ...others] = parseAllDocuments(text, { keepSourceTokens: true }) as Document.Parsed[];
  if (others.length > 0) return 'it has several documents';
  if (/^[ ]*\t/m.test(text)) return 'it has tabs in its indentation';
  const root = document?.contents;
  if (!isMap(root)) return undefined;
  if (root.flow === true && root.items.length > 0) return 'it is written in braces';
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === section[0]);
  const node = pair?.value as Node | null | undefined;
  if (node === null || node === undefined) return undefined;
  if (isCollection(node) && node.flow === true && node.items.length > 0) return `its ${shown} is written in brackets`;
  let found: string | undefined;
  visit(node, (_, inner) => {
    if (isAlias(inner) || (isNode(inner) && 'anchor' in inner && inner.anchor !== undefined))
      found ??= `its ${shown} has anchors or aliases`;
    const start = isPair(inner) && isNode(inner.key) ? inner.key.range?.[0] : undefined;
    if (start !== undefined && /\?[ \t]*$/.test(text.slice(Math.max(0, start - 8), start)))
      found ??= `its ${shown} has an explicit key`;
  });
  return found;
}
