/** An encoded run in a text, decoded. */
export interface DecodedRun {
  /** Where the run begins, in UTF-16 code units. */
  readonly at: number;
  readonly text: string;
}

const ESCAPE =
  /\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\x([0-9A-Fa-f]{2})|%(?![A-Za-z_]\w*%)([0-9A-Fa-f]{2})|&#x([0-9A-Fa-f]{1,6});|&#(\d{1,7});|\\([0-3][0-7]{2})|&(quot|apos|amp|lt|gt|colon|equals);/g;
const HAS_ESCAPE = /\\[uUx][{0-9A-Fa-f]|%[0-9A-Fa-f]{2}|&#[x\d]|\\[0-3][0-7]{2}|&(?:quot|apos|amp|lt|gt|colon|equals);/;
const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
  colon: ':',
  equals: '=',
};
/** JSON in a string of JSON in a string: each level doubles the backslashes. */
const MAX_LEVELS = 3;

/**
 * The text with the escapes of JSON, YAML, TOML, JavaScript, URLs and HTML resolved, however often they were escaped;
 * `undefined` when it has none. Line breaks are neither added nor removed, so line numbers stay what they were.
 */
export function withoutEscapes(text: string): string | undefined {
  let current = text;
  for (let level = 0; level < MAX_LEVELS && HAS_ESCAPE.test(current); level++) {
    current = current.replace(/\\{2,}(?=[uUx0-3])/g, '\\').replace(ESCAPE, (whole, ...groups: unknown[]) => {
      const [braced, four, eight, two, percent, hex, decimal, octal, entity] = groups as Array<string | undefined>;
      if (entity !== undefined) return ENTITIES[entity] ?? whole;
      const digits = braced ?? four ?? eight ?? two ?? percent ?? hex;
      const code =
        digits !== undefined
          ? Number.parseInt(digits, 16)
          : decimal !== undefined
            ? Number(decimal)
            : Number.parseInt(octal as string, 8);
      if (!(code <= 0x10ffff)) return whole;
      return code < 0x20 ? ' ' : String.fromCodePoint(code);
    });
  }
  return current === text ? undefined : current;
}

const BASE64_RUN = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
/** The most characters of one run that are decoded. */
const MAX_RUN_CHARS = 65_536;

/** Runs of base64, base64url or hexadecimal digits that spell text; what spells other bytes is left out. */
export function decodedRuns(text: string): DecodedRun[] {
  const runs: DecodedRun[] = [];
  for (const match of text.matchAll(BASE64_RUN)) {
    const run = match[0].slice(0, MAX_RUN_CHARS);
    const isHex = run.length % 2 === 0 && /^[0-9a-f]+$/i.test(run);
    const decoded = asText(
      Buffer.from(run, isHex ? 'hex' : run.includes('-') || run.includes('_') ? 'base64url' : 'base64'),
    );
    if (decoded !== undefined) runs.push({ at: match.index, text: decoded });
  }
  return runs;
}

/** The ASCII text that bytes are, in UTF-8 or UTF-16; `undefined` when they are something else. */
function asText(bytes: Buffer): string | undefined {
  const wide = bytes.length > 8 && bytes[1] === 0 && bytes[3] === 0 && bytes[5] === 0;
  const text = wide ? bytes.toString('utf16le') : bytes.toString('latin1');
  let printable = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 0x20 && code < 0x7f) || code === 0x0a || code === 0x0d || code === 0x09) printable++;
  }
  return printable >= text.length * 0.95 ? text : undefined;
}
