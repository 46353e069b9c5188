import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from 'yaml';
import { StoreError } from '../errors.ts';
import { Exact, exactFloat, exactInteger } from './exact.ts';
import { NodeBudget, STRUCTURE_LIMITS, TooLarge } from './structure-limits.ts';

const REASONS: Partial<Record<YAMLParseError['code'], string>> = {
  BAD_ALIAS: 'an alias is not well formed',
  BAD_DIRECTIVE: 'a directive is not well formed',
  BAD_DQ_ESCAPE: 'a string has an unknown escape',
  BAD_INDENT: 'the indentation is wrong',
  BAD_SCALAR_START: 'a plain value starts with a reserved character',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping stands where a value on one line belongs',
  BLOCK_IN_FLOW: 'a block stands inside brackets',
  MISSING_CHAR: 'a character is missing',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines',
  MULTIPLE_ANCHORS: 'a value has several anchors',
  MULTIPLE_TAGS: 'a value has several tags',
  RESOURCE_EXHAUSTION: 'it is nested too deep',
  TAB_AS_INDENT: 'a tab is used as indentation',
  TAG_RESOLVE_FAILED: 'a tag does not fit its value',
  UNEXPECTED_TOKEN: 'something stands where it does not belong',
};
/** Tags that say no more than the plain value does. */
const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/**
 * Reads YAML 1.2 (core schema): one value, or an array of values when the text has several documents. Duplicate keys are refused.
 *
 * @returns `undefined` when the text goes beyond the limits of what is read as structure
 * @throws StoreError `CONTENT_INVALID` with line and column.
 */
export function parseYaml(text: string): unknown {
  return readYaml(text, (documents) => {
    const values = documents.map((document) => jsonLike(exactNode(document.contents, document, new NodeBudget())));
    return values.length === 1 ? values[0] : values.length === 0 ? null : values;
  });
}

/**
 * As {@link parseYaml}, with nothing lost: tags, integers of any size, floats that are written as such, keys that are no strings
 * and several documents become {@link Exact} values.
 */
export function parseExactYaml(text: string): unknown {
  return readYaml(text, (documents) => {
    const budget = new NodeBudget();
    const values = documents.map((document) => {
      const value = exactNode(document.contents, document, budget);
      // Readers that heed the directive take other words for booleans, and other digits for numbers.
      return document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2'
        ? new Exact(`YAML ${document.directives.yaml.version} document`, value)
        : value;
    });
    return values.length === 1 ? values[0] : values.length === 0 ? null : new Exact('documents', values);
  });
}

function readYaml(text: string, evaluate: (documents: readonly Document[]) => unknown): unknown {
  const lines = new LineCounter();
  try {
    // Duplicate keys are looked for below: the library compares every key with every other.
    const parsed = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      intAsBigInt: true,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: lines,
    });
    const documents: readonly Document[] = Array.isArray(parsed) ? parsed : [];
    let aliases = 0;
    for (const document of documents) {
      const error = document.errors[0];
      if (error !== undefined)
        throw refused(REASONS[error.code] ?? 'it does not follow the syntax', lines.linePos(error.pos[0]));
      aliases += checkNodes(document, lines);
    }
    return aliases > STRUCTURE_LIMITS.aliases ? undefined : evaluate(documents);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (error instanceof TooLarge) return undefined;
    if (error instanceof RangeError) throw refused('it is nested too deep');
    // The library's own text may quote content, so it is not carried along.
    throw refused('it does not follow the syntax');
  }
}

/** Refuses duplicate keys and unknown aliases, whose places are known only here, and counts the aliases. */
function checkNodes(document: Document, lines: LineCounter): number {
  const anchors = new Set<string>();
  let aliases = 0;
  visit(document, (_, node) => {
    if (isAlias(node)) {
      aliases++;
      if (!anchors.has(node.source))
        throw refused('an alias has no anchor before it', lines.linePos(node.range?.[0] ?? 0));
    }
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor);
    if (!isMap(node)) return;
    const keys = new Set<string>();
    for (const { key } of node.items) {
      if (!isScalar(key)) continue;
      const name = key.value === null ? '' : String(key.value);
      if (keys.has(name)) throw refused('a key occurs twice', lines.linePos(key.range?.[0] ?? 0));
      keys.add(name);
    }
  });
  return aliases;
}

function exactNode(node: unknown, document: Document, budget: NodeBudget): unknown {
  budget.take();
  if (!isNode(node)) return null;
  if (isAlias(node)) return exactNode(node.resolve(document), document, budget);
  const value = exactContent(node, document, budget);
  return node.tag === undefined || CORE_TAG.test(node.tag) ? value : new Exact(shortTag(node.tag), value);
}

function exactContent(node: Node, document: Document, budget: NodeBudget): unknown {
  // An ordered map is a sequence of pairs.
  if (isSeq(node))
    return node.items.map((item) =>
      isPair(item) ? exactMap([item], document, budget) : exactNode(item, document, budget),
    );
  if (isMap(node)) return exactMap(node.items, document, budget);
  if (!isScalar(node)) return null;
  const { value, source } = node;
  if (typeof value === 'bigint') return exactInteger(value);
  if (typeof value === 'number') return exactFloat(source ?? String(value));
  // Such a float has no point in it, and the library leaves it a string.
  if (node.tag === 'tag:yaml.org,2002:float' && /^[-+]?\d+$/.test(source ?? '')) return exactFloat(`${source}.0`);
  // Dates and bytes of the tags the library knows: their text says more.
  if (typeof value === 'object' && value !== null) return source ?? String(value);
  return value ?? null;
}

function exactMap(pairs: readonly Pair[], document: Document, budget: NodeBudget): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => {
      const inner = exactNode(value, document, budget);
      const name = exactNode(key, document, budget);
      return typeof name === 'string'
        ? [name, inner]
        : [keyText(name), new Exact(`below a key that is ${keyType(name)}`, inner)];
    }),
  );
}

function keyText(key: unknown): string {
  const plain = jsonLike(key);
  return plain === null ? '' : typeof plain === 'object' ? JSON.stringify(plain) : String(plain);
}

function keyType(key: unknown): string {
  if (key === null) return 'null';
  if (key instanceof Exact) return key.type;
  return Array.isArray(key) ? 'a list' : typeof key === 'object' ? 'a map' : `a ${typeof key}`;
}

/** Tags as they are written: `!secret`, `!!set`, `!<tag:example.net,2026:x>`. */
function shortTag(tag: string): string {
  if (tag.startsWith('tag:yaml.org,2002:')) return `!!${tag.slice('tag:yaml.org,2002:'.length)}`;
  return tag.startsWith('!') ? tag : `!<${tag}>`;
}

/** The value without what JSON has no form for; numbers that have none become their text. */
function jsonLike(value: unknown): unknown {
  if (value instanceof Exact) {
    if (value.type === 'float' && typeof value.value === 'string') return floatValue(value.value);
    return jsonLike(value.value);
  }
  if (Array.isArray(value)) return value.map(jsonLike);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonLike(inner)]));
}

/** As the value of {@link parseYaml}, each scalar with a tag of its own spelled as in the text: `!secret name`. */
export function withTags(exact: unknown): unknown {
  if (exact instanceof Exact) {
    const inner = withTags(exact.value);
    if (typeof exact.value === 'string') return /^![^!<]/.test(exact.type) ? `${exact.type} ${inner}` : jsonLike(exact);
    return inner;
  }
  if (Array.isArray(exact)) return exact.map(withTags);
  if (typeof exact !== 'object' || exact === null) return exact;
  return Object.fromEntries(Object.entries(exact).map(([key, inner]) => [key, withTags(inner)]));
}

function floatValue(text: string): number | string {
  if (/inf|nan/.test(text)) return text.replace(/^(-?)/, '$1.');
  return Number(text);
}

function refused(what: string, at?: { line: number; col: number }): StoreError {
  const where = at === undefined ? '' : ` at line ${at.line}, column ${at.col}`;
  return new StoreError('CONTENT_INVALID', `not valid YAML${where}: ${what}`, {
    hint: 'Correct the text at that place and try again.',
    details: at === undefined ? {} : { line: at.line, column: at.col },
  });
}
