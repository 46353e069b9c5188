import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from 'yaml';
import { StoreError } from '../errors.ts';

/** How often all aliases of a document may be resolved together: what stops a "billion laughs" document. */
const MAX_ALIASES = 100;

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

/**
 * Reads YAML 1.2 (core schema): one value, or an array of values when the text has several documents. Duplicate keys and
 * documents whose aliases multiply are refused.
 *
 * @throws StoreError `CONTENT_INVALID` with line and column.
 */
export function parseYaml(text: string): unknown {
  const lines = new LineCounter();
  try {
    // Duplicate keys are looked for below: the library compares every key with every other.
    const parsed = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: lines,
    });
    const documents: readonly Document[] = Array.isArray(parsed) ? parsed : [];
    const values = documents.map((document) => {
      const error = document.errors[0];
      if (error !== undefined)
        throw refused(REASONS[error.code] ?? 'it does not follow the syntax', lines.linePos(error.pos[0]));
      refuseDuplicatesAndUnknownAliases(document, lines);
      return jsonLike(document.toJS({ maxAliasCount: MAX_ALIASES }));
    });
    return values.length === 1 ? values[0] : values.length === 0 ? null : values;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (error instanceof RangeError) throw refused('it is nested too deep');
    if (error instanceof ReferenceError) throw refused('its aliases multiply beyond measure');
    // The library's own text may quote content, so it is not carried along.
    throw refused('it does not follow the syntax');
  }
}

/**
 * Refuses duplicate keys and unknown aliases. Both need a place in the text, which the values no longer have; nodes are
 * visited in the order of the text.
 */
function refuseDuplicatesAndUnknownAliases(document: Document, lines: LineCounter): void {
  const anchors = new Set<string>();
  visit(document, (_, node) => {
    if (isAlias(node) && !anchors.has(node.source))
      throw refused('an alias has no anchor before it', lines.linePos(node.range?.[0] ?? 0));
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
}

/** Numbers JSON has no form for, as YAML spells them. */
function jsonLike(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(jsonLike);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonLike(inner)]));
}

function refused(what: string, at?: { line: number; col: number }): StoreError {
  const where = at === undefined ? '' : ` at line ${at.line}, column ${at.col}`;
  return new StoreError('CONTENT_INVALID', `not valid YAML${where}: ${what}`, {
    hint: 'Correct the text at that place and try again.',
    details: at === undefined ? {} : { line: at.line, column: at.col },
  });
}
