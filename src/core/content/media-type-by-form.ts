/** How much of a text is looked at, in characters and in lines. */
const HEAD_CHARS = 65_536;
const HEAD_LINES = 500;

const JSON_BEGINS =
  /^\s*(?:\{\s*(?:["'}]|\/[/*]|[A-Za-z_$][\w$-]*\s*:|$)|\[\s*(?:[{"\]]|\/[/*]|(?:-?\d[\d.eE+-]*|true|false|null)\s*(?:,|\]\s*$|$)))/;
const JSON_COMMENT_BEGINS = /^\s*\/[/*]/;
const TABLE = /^\[\[?[\w."'-]+(?:\.[\w."'-]+)*\]\]?\s*(?:#.*)?$/;
const PAIR = /^\s*[\w."'-]+\s*=/;
const QUOTED_PAIR = /^\s*[\w."'-]+\s*=\s*["'[{]/;
const YAML_KEY = /^[\w.-]+:(?: \S.*)?\s*$/;
const YAML_INNER_KEY = /^ +(?:- )?[\w.-]+:(?: |$)/;

/**
 * Returns the media types whose form a text has at first sight, the likeliest first. Prose, settings of one line each and
 * front matter have none: what is taken for a format is held to it ever after, so only what can hardly be else is.
 */
export function mediaTypesByForm(text: string): readonly string[] {
  const head = text.replace(/^\uFEFF/, '').slice(0, HEAD_CHARS);
  if (JSON_BEGINS.test(head)) return ['application/json', 'application/jsonc'];
  if (JSON_COMMENT_BEGINS.test(head)) return ['application/jsonc'];
  const lines = head
    .split('\n', HEAD_LINES)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s*#/.test(line));
  if (isTomlLike(lines)) return ['application/toml'];
  return isYamlLike(lines) ? ['application/yaml'] : [];
}

/** Tables, and values in quotes or brackets: an INI file has values without. */
function isTomlLike(lines: readonly string[]): boolean {
  return (
    lines.some((line) => TABLE.test(line)) && lines.some((line) => QUOTED_PAIR.test(line)) && PAIR.test(pairs(lines))
  );
}

function pairs(lines: readonly string[]): string {
  return lines.find((line) => !TABLE.test(line)) ?? '';
}

/** Keys that are one word, with keys below at least one of them. */
function isYamlLike(lines: readonly string[]): boolean {
  const [first, ...others] = lines;
  const below = first === '---' ? others : lines;
  const top = below.filter((line) => !/^[ -]/.test(line));
  return top.length > 0 && top.every((line) => YAML_KEY.test(line)) && below.some((line) => YAML_INNER_KEY.test(line));
}
