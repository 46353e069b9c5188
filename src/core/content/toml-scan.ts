/** A stretch of text, in UTF-16 code units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A value of a TOML text and where it stands. */
export interface TomlNode extends TextRange {
  /** `bare` is a number, date, boolean, infinity or NaN. */
  readonly type: 'string' | 'bare' | 'array' | 'table';
  readonly items: readonly TomlNode[];
  readonly members: readonly TomlPair[];
}

/** `key = value`, in a table or in braces. */
export interface TomlPair extends TextRange {
  readonly key: readonly string[];
  readonly value: TomlNode;
}

/** `[key]` or `[[key]]`, with the pairs up to the next one; the first has no header and an empty key. */
export interface TomlTable extends TextRange {
  readonly key: readonly string[];
  readonly isArray: boolean;
  readonly pairs: readonly TomlPair[];
}

/** The places of everything in a TOML text. */
export interface TomlScan {
  readonly tables: readonly TomlTable[];
  readonly comments: readonly TextRange[];
}

/**
 * Finds the places of tables, pairs, values and comments in TOML that a parser found valid: it checks nothing by itself.
 *
 * @throws SyntaxError for text whose parts it cannot tell apart; never for valid TOML 1.0
 */
export function scanToml(text: string): TomlScan {
  return new TomlScanner(text).document();
}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BARE_VALUE = /[^\s,\]}#]+(?: \d[^\s,\]}#]*)?/y;

class TomlScanner {
  readonly #text: string;
  readonly #comments: TextRange[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): TomlScan {
    const tables: Array<{ key: string[]; isArray: boolean; pairs: TomlPair[]; start: number; end: number }> = [
      { key: [], isArray: false, pairs: [], start: 0, end: 0 },
    ];
    for (this.#space(true); this.#at < this.#text.length; this.#space(true)) {
      const start = this.#at;
      if (this.#text[start] === '[') {
        const isArray = this.#text[start + 1] === '[';
        this.#at += isArray ? 2 : 1;
        const key = this.#key();
        this.#expect(isArray ? ']]' : ']');
        tables.push({ key, isArray, pairs: [], start, end: this.#at });
      } else {
        const table = tables.at(-1) as (typeof tables)[number];
        table.pairs.push(this.#pair());
        table.end = this.#at;
      }
    }
    return { tables, comments: this.#comments };
  }

  #pair(): TomlPair {
    const start = this.#at;
    const key = this.#key();
    this.#expect('=');
    this.#space(false);
    const value = this.#value();
    return { key, value, start, end: this.#at };
  }

  #key(): string[] {
    const key: string[] = [];
    do {
      this.#space(false);
      const start = this.#at;
      if (this.#text[start] === '"' || this.#text[start] === "'") {
        this.#string();
        const raw = this.#text.slice(start, this.#at);
        key.push(raw.startsWith("'") ? raw.slice(1, -1) : unescaped(raw));
      } else key.push(this.#match(BARE_KEY));
      this.#space(false);
    } while (this.#take('.'));
    return key;
  }

  #value(): TomlNode {
    const start = this.#at;
    const items: TomlNode[] = [];
    const members: TomlPair[] = [];
    const char = this.#text[start];
    let type: TomlNode['type'] = 'bare';
    if (char === '"' || char === "'") {
      type = 'string';
      this.#string();
    } else if (char === '[') {
      type = 'array';
      this.#at++;
      for (this.#space(true); !this.#take(']'); this.#space(true)) {
        items.push(this.#value());
        this.#space(true);
        this.#take(',');
      }
    } else if (char === '{') {
      type = 'table';
      this.#at++;
      for (this.#space(true); !this.#take('}'); this.#space(true)) {
        members.push(this.#pair());
        this.#space(true);
        this.#take(',');
      }
    } else this.#match(BARE_VALUE);
    return { type, start, end: this.#at, items, members };
  }

  #string(): void {
    const quote = this.#text[this.#at] as string;
    const long = this.#text.startsWith(quote.repeat(3), this.#at);
    const close = long ? quote.repeat(3) : quote;
    this.#at += close.length;
    for (;;) {
      if (this.#at >= this.#text.length) throw new SyntaxError('a string has no end');
      if (this.#text.startsWith(close, this.#at)) break;
      this.#at += quote === '"' && this.#text[this.#at] === '\\' ? 2 : 1;
    }
    this.#at += close.length;
    // Up to two quotes may stand right before the closing three.
    if (long) while (this.#text[this.#at] === quote) this.#at++;
  }

  #space(lines: boolean): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string;
      if (char === '#') {
        const start = this.#at;
        const end = this.#text.indexOf('\n', start);
        this.#at = end === -1 ? this.#text.length : end;
        if (this.#text[this.#at - 1] === '\r') this.#at--;
        this.#comments.push({ start, end: this.#at });
      }
      const next = this.#text[this.#at];
      if (
        next === undefined ||
        !(next === ' ' || next === '\t' || next === '\uFEFF' || (lines && (next === '\n' || next === '\r')))
      )
        return;
    }
  }

  #match(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text)?.[0];
    if (found === undefined) throw new SyntaxError('a key or value is missing');
    this.#at += found.length;
    return found;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expect(chars: string): void {
    if (!this.#text.startsWith(chars, this.#at)) throw new SyntaxError(`${chars} is missing`);
    this.#at += chars.length;
  }
}

function unescaped(raw: string): string {
  const json = raw
    .replace(/\\U([0-9A-Fa-f]{8})/g, (_, hex: string) =>
      JSON.stringify(String.fromCodePoint(Number.parseInt(hex, 16))).slice(1, -1),
    )
    .replace(/\\e/g, '\\u001b')
    .replace(/\\x([0-9A-Fa-f]{2})/g, '\\u00$1')
    .replace(/\t/g, '\\t');
  return JSON.parse(json) as string;
}
