const CR = 0x0d;
const LF = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** What `openssl pkcs12` writes in front of a key: headings, each with its attributes below it, indented. */
const ATTRIBUTES = /^\n*(?:(?:Bag|Key) Attributes(?:: <(?:No|Empty) Attributes>)?\n(?:[ \t]+[^\n]*\n)*)*\n*$/;

/**
 * Copies the block of a PEM file (RFC 7468) as this program writes it: lines end in a line feed, also where all of the file's
 * end in CRLF or CR, and without a byte order mark, the attributes of `openssl pkcs12` and blank lines around it; it ends in one line feed. A file with
 * anything else around the block, or with several kinds of line ends, is copied as it is, and so has another form. Bytes, not
 * text: the caller clears the copy of a private key.
 */
export function blockOf(file: Uint8Array): Uint8Array {
  const whole = Buffer.from(file.buffer, file.byteOffset, file.length);
  const start = whole.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const lines = withLineFeeds(whole.subarray(start));
  if (lines === undefined) return Buffer.from(whole);
  const begin = Math.max(lines.indexOf('-----BEGIN '), 0);
  const block = ATTRIBUTES.test(lines.toString('latin1', 0, begin)) ? lines.subarray(begin) : lines;
  let end = block.length;
  while (end > 0 && block[end - 1] === LF) end--;
  const copy = Buffer.alloc(end + 1, LF);
  block.copy(copy, 0, 0, end);
  lines.fill(0);
  return copy;
}

/** Copies the bytes with line feeds for line ends; undefined where there are several kinds. */
function withLineFeeds(file: Uint8Array): Buffer | undefined {
  const copy = Buffer.alloc(file.length);
  const kinds = new Set<string>();
  let length = 0;
  for (let at = 0; at < file.length; at++) {
    const byte = file[at] as number;
    const isPair = byte === CR && file[at + 1] === LF;
    if (byte === CR || byte === LF) kinds.add(isPair ? 'CRLF' : byte === CR ? 'CR' : 'LF');
    copy[length++] = byte === CR ? LF : byte;
    if (isPair) at++;
  }
  if (kinds.size < 2) return copy.subarray(0, length);
  copy.fill(0);
  return undefined;
}
