/** Returns bytes as a JSON string: text where they are UTF-8, base64 otherwise. */
export function encodeContent(bytes: Uint8Array): { encoding: 'utf-8' | 'base64'; content: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  return Buffer.from(text, 'utf8').equals(buffer)
    ? { encoding: 'utf-8', content: text }
    : { encoding: 'base64', content: buffer.toString('base64') };
}
