import { StoreError } from '../core/errors.ts';

/** The first line of an armored age file. */
export const ARMOR_BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----';
const ARMOR_END = '-----END AGE ENCRYPTED FILE-----';
/** Bytes of one line, which has 64 characters then. */
const LINE_BYTES = 48;
const LINE = /^[A-Za-z0-9+/]{64}$/;
const LAST_LINE = /^(?=.{4,64}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

/** Writes an age file as text (age's ASCII armor), for mail and clipboards; the library does so only with a whole file. */
export async function* encodeArmor(encrypted: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${ARMOR_BEGIN}\n`);
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of encrypted) {
    const bytes = Buffer.concat([rest, piece]);
    const whole = bytes.length - (bytes.length % LINE_BYTES);
    if (whole > 0) yield lines(bytes.subarray(0, whole));
    rest = bytes.subarray(whole);
  }
  if (rest.length > 0) yield lines(rest);
  yield Buffer.from(`${ARMOR_END}\n`);
}

function lines(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('base64').replace(/.{1,64}/g, '$&\n'));
}

/**
 * Gives the bytes of an age file, whether it is armored or not. The armor is read strictly, but for the ends of lines, a byte
 * order mark and white space around it.
 *
 * @throws StoreError CORRUPT when it is cut or has another form
 */
export async function* decodeArmor(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Buffer = Buffer.alloc(0);
  let armor: Dearmor | undefined;
  let isPlain = false;
  for await (const piece of file) {
    if (isPlain) yield piece;
    else if (armor !== undefined) yield* armor.add(Buffer.from(piece).toString('latin1'));
    else {
      head = Buffer.concat([head, piece]);
      const text = head.toString('latin1').replace(/^(?:\xef\xbb\xbf)?\s*/, '');
      if (text.startsWith(ARMOR_BEGIN)) {
        armor = new Dearmor();
        yield* armor.add(text);
      } else if (text !== '' && !ARMOR_BEGIN.startsWith(text)) {
        isPlain = true;
        yield head;
      }
    }
  }
  if (armor !== undefined) yield* armor.end();
  else if (!isPlain) yield head;
}

/** Takes armor off, line by line. */
class Dearmor {
  #text = '';
  #state: 'begin' | 'body' | 'last' | 'end' = 'begin';

  *add(text: string): Generator<Uint8Array> {
    this.#text += text;
    const all = this.#text.split(/\r?\n/);
    this.#text = all.pop() ?? '';
    // A line cannot be longer, so no flood of characters is gathered.
    if (this.#text.length > 4 * LINE_BYTES) throw damaged();
    yield Buffer.concat(all.map((line) => this.#line(line)));
  }

  *end(): Generator<Uint8Array> {
    yield this.#line(this.#text);
    if (this.#state !== 'end') throw damaged();
  }

  #line(line: string): Uint8Array {
    if (this.#state === 'begin' && line === ARMOR_BEGIN) this.#state = 'body';
    else if (line === ARMOR_END && (this.#state === 'body' || this.#state === 'last')) this.#state = 'end';
    else if (this.#state === 'body' && LAST_LINE.test(line)) {
      if (!LINE.test(line)) this.#state = 'last';
      const bytes = Buffer.from(line, 'base64');
      if (bytes.toString('base64') === line) return bytes;
      throw damaged();
    } else if (this.#state !== 'end' || line.trim() !== '') throw damaged();
    return new Uint8Array();
  }
}

function damaged(): StoreError {
  return new StoreError('CORRUPT', 'the armor of the backup is damaged or cut', {
    hint: 'Take an older backup, and check it.',
    advice: [{ do: 'check-backup' }],
  });
}
