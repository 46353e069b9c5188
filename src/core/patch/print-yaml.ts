import { Document, isCollection, isScalar, Scalar, type ScalarTag } from 'yaml';
import { Exact } from '../content/exact.ts';
import { isObject } from '../json/is-object.ts';

/** How a value is laid out. */
export interface YamlStyle {
  /** The spaces of one level. */
  readonly indent?: number;
  /** False where the dashes of a list stand below the first letter of its name. */
  readonly indentSeq?: boolean;
  /** Everything in brackets. */
  readonly flow?: boolean;
}

/** Writes a number with the text it has. */
const NUMBER: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof Exact,
  resolve: String,
  stringify: ({ value }) => numberText(value as Exact),
};

/** Plain texts that a reader of YAML 1.1 takes for booleans, octal or sexagesimal numbers, dates or merges. */
const OLDER_READERS: ScalarTag = {
  tag: 'tag:yaml.org,2002:value',
  default: true,
  test: /^(?:yes|no|on|off|<<|=|[-+]?0[0-7_]+|[-+]?0b[01_]+|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?|[-+]?\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?)$/i,
  resolve: String,
};

/**
 * Returns the YAML text of a value, in which numbers may be kept by their text and values may have tags. Texts that a reader of YAML
 * 1.1 would take for something else are quoted.
 *
 * @throws TypeError for what has no form of its own, such as keys that are no texts
 */
export function printYaml(value: unknown, { indent = 2, indentSeq = true, flow = false }: YamlStyle = {}): string {
  const document = new Document(undefined, {
    version: '1.2',
    schema: 'core',
    compat: [OLDER_READERS],
    aliasDuplicateObjects: false,
    customTags: (tags) => [NUMBER, ...tags],
  });
  const contents = document.createNode(withNodes(value, document), { aliasDuplicateObjects: false });
  if (flow && isCollection(contents)) contents.flow = true;
  if (flow && isScalar(contents) && typeof value === 'string' && value.includes('\n'))
    contents.type = Scalar.QUOTE_DOUBLE;
  document.contents = contents;
  return document.toString({ lineWidth: 0, indent, indentSeq, flowCollectionPadding: false }).trimEnd();
}

/** Texts of several lines that a block could hold only with marks for its indentation or its end. */
const NEEDS_MARKS = /^[ \t]*\n|^[ \t][\s\S]*\n|[ \t]\n|\n\n$|\n[\s\S]*[ \t]$/;

/** The value with a node in place of each {@link Exact}. */
function withNodes(value: unknown, document: Document): unknown {
  if (Array.isArray(value)) return value.map((item) => withNodes(item, document));
  if (value instanceof Exact) {
    if (value.type === 'integer' || value.type === 'float') return new Scalar(value);
    const node: unknown = document.createNode(withNodes(value.value, document), { aliasDuplicateObjects: false });
    if (!value.type.startsWith('!') || !(isScalar(node) || isCollection(node)))
      throw new TypeError('YAML has no such value');
    node.tag = fullTag(value.type);
    return node;
  }
  if (typeof value === 'string' && NEEDS_MARKS.test(value)) {
    const quoted = new Scalar(value);
    quoted.type = Scalar.QUOTE_DOUBLE;
    return quoted;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNodes(inner, document)]));
}

function fullTag(tag: string): string {
  if (tag.startsWith('!!')) return `tag:yaml.org,2002:${tag.slice(2)}`;
  return tag.startsWith('!<') ? tag.slice(2, -1) : tag;
}

function numberText({ value }: Exact): string {
  const text = String(value);
  return /inf|nan/.test(text) ? text.replace(/^(-?)/, '$1.') : text;
}
