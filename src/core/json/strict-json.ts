import { StoreError } from '../errors.ts';
import { isUnsafeInteger, MAX_DEPTH } from './canonical-json.ts';
import { showPointer } from './pointer.ts';

/** Limits of a JSON text. */
export interface JsonLimits {
  /** Nesting of arrays and objects; 256 by default. */
  readonly maxDepth?: number;
  /** Takes numbers that JavaScript would round, as stored text may have them. */
  readonly anyNumber?: boolean;
}

/** Facts about a JSON text. */
export interface JsonScan {
  /** How many values there are, the outermost included. */
  readonly nodes: number;
  /** Where numbers stand that JavaScript would round, as JSON Pointers for errors; the first ten. */
  readonly rounded: readonly string[];
}

/**
 * Parses JSON (RFC 8259) and refuses what `JSON.parse` lets through although readers disagree on it (RFC 7493):
 * duplicate keys, lone surrogates, integers beyond ±(2^53−1), numbers that are not finite, a byte order mark,
 * bottomless nesting. Takes time linear in the text. A member named `__proto__` becomes an own property and nothing
 * else.
 *
 * @throws StoreError `CONTENT_INVALID`; details: `line` and `column` (from 1, in UTF-16 code units) and `path` (JSON
 * Pointer).
 */
export function parseStrictJson(text: string, limits: JsonLimits = {}): unknown {
  scanJson(text, limits);
  return JSON.parse(text);
}

/** Checks a text as {@link parseStrictJson} does, and makes no values. @throws StoreError `CONTENT_INVALID` */
export function scanJson(text: string, limits: JsonLimits = {}): JsonScan {
  const scanner = new Scanner(text, limits);
  scanner.document();
  return scanner;
}

/** The value of a text that {@link scanJson} found well formed, each number made of its own text. */
export function readJson(text: string, numberOf: (text: string) => unknown): unknown {
  if (numberOf === Number) return JSON.parse(text);
  const revive = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' ? numberOf(context?.source ?? String(value)) : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}

const ROUNDED_SHOWN = 10;

const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Walks the text once; it makes no values, `JSON.parse` does that afterwards. */
class Scanner {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #anyNumber: boolean;
  readonly rounded: string[] = [];
  nodes = 0;
  readonly #path: Array<string | number> = [];
  #at = 0;

  constructor(text: string, { maxDepth = MAX_DEPTH, anyNumber = false }: JsonLimits) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#anyNumber = anyNumber;
  }

  document(): void {
    if (this.#text.startsWith('\uFEFF'))
      throw this.#refused('it begins with a byte order mark: save it as UTF-8 without one');
    this.#space();
    this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#refused('something follows the value');
  }

  #value(): void {
    this.nodes++;
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object();
      case 0x5b:
        return this.#array();
      case 0x22:
        this.#string();
        return;
      case 0x74:
        return this.#literal('true');
      case 0x66:
        return this.#literal('false');
      case 0x6e:
        return this.#literal('null');
      default:
        return this.#number();
    }
  }

  #object(): void {
    if (this.#open(0x7d)) return;
    const keys = new Set<string>();
    do {
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x22)
        throw this.#refused(
          keys.size > 0 && this.#text.charCodeAt(this.#at) === 0x7d
            ? 'a comma stands before the closing brace'
            : 'a member name in double quotes is missing',
        );
      const start = this.#at;
      const key = this.#string();
      this.#path.push(key);
      if (keys.has(key)) throw this.#refused('a member occurs twice', start);
      keys.add(key);
      this.#space();
      if (!this.#take(0x3a)) throw this.#refused('a colon is missing after a member name');
      this.#space();
      this.#value();
      this.#path.pop();
      this.#space();
    } while (this.#take(0x2c));
    if (!this.#take(0x7d)) throw this.#refused('a comma or closing brace is missing');
  }

  #array(): void {
    if (this.#open(0x5d)) return;
    let index = 0;
    do {
      this.#path.push(index++);
      this.#space();
      this.#value();
      this.#path.pop();
      this.#space();
    } while (this.#take(0x2c));
    if (!this.#take(0x5d)) throw this.#refused('a comma or closing bracket is missing');
  }

  /** Steps into an array or object; true when it ends at once. */
  #open(close: number): boolean {
    if (this.#path.length >= this.#maxDepth) throw this.#refused(`it is nested deeper than ${this.#maxDepth}`);
    this.#at++;
    this.#space();
    return this.#take(close);
  }

  /** The string's value; decoded only where it has escapes. */
  #string(): string {
    const text = this.#text;
    const start = this.#at++;
    let escaped = false;
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(text);
      this.#at = PLAIN.lastIndex;
      const code = text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (Number.isNaN(code)) throw this.#refused('a string has no closing quote', start);
      if (code !== 0x5c) throw this.#refused('a string has a control character that is not escaped');
      ESCAPE.lastIndex = this.#at;
      if (!ESCAPE.test(text)) throw this.#refused('a string has an unknown escape');
      this.#at = ESCAPE.lastIndex;
      escaped = true;
    }
    this.#at++;
    const raw = text.slice(start, this.#at);
    const value = escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    if (!value.isWellFormed()) throw this.#refused('a string has a lone surrogate', start);
    return value;
  }

  #number(): void {
    const start = this.#at;
    NUMBER.lastIndex = start;
    const match = NUMBER.exec(this.#text);
    if (match === null)
      throw this.#refused(
        start < this.#text.length ? 'a value is missing or not JSON' : 'it ends where a value is missing',
      );
    const number = Number(match[0]);
    const written = match[1] === undefined && match[2] === undefined;
    const isRounded = !Number.isFinite(number) || isUnsafeInteger(number) || (written && !Number.isSafeInteger(number));
    if (isRounded && !this.#anyNumber)
      throw this.#refused(
        Number.isFinite(number) ? 'an integer is beyond ±9007199254740991' : 'a number is not finite',
        this.#at,
        'Give the number as a string, or the document as text, where its digits are kept.',
      );
    if (isRounded && this.rounded.length < ROUNDED_SHOWN) this.rounded.push(showPointer(this.#path));
    this.#at = NUMBER.lastIndex;
  }

  #literal(word: string): void {
    if (!this.#text.startsWith(word, this.#at)) throw this.#refused('a value is missing or not JSON');
    this.#at += word.length;
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #refused(what: string, at = this.#at, hint = 'Correct the text at that place and try again.'): StoreError {
    const before = this.#text.slice(0, at);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    const column = at - lineStart + 1;
    const path = showPointer(this.#path);
    return new StoreError(
      'CONTENT_INVALID',
      `not valid JSON at line ${line}, column ${column}${path === '' ? '' : ` (in "${path}")`}: ${what}`,
      {
        hint,
        details: { line, column, path },
      },
    );
  }
}
