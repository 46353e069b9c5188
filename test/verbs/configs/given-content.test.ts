import { describe, expect, it } from 'vitest';
import type { StoreError } from '../../../src/core/errors.ts';
import { givenContent, typedContent } from '../../../src/verbs/configs/given-content.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const refused = (given: Parameters<typeof givenContent>[0]): StoreError => {
  try {
    givenContent(given);
  } catch (error) {
    return error as StoreError;
  }
  throw new Error('nothing was refused');
};

describe('content as a request gives it', () => {
  it('stores json as RFC 8785 and text byte for byte', () => {
    expect(text(givenContent({ json: { b: 1, a: [1.0, 'ü'] } }).bytes)).toBe('{"a":[1,"ü"],"b":1}');
    expect(text(givenContent({ content: '\uFEFF{ "b": 1 }\r\n' }).bytes)).toBe('\uFEFF{ "b": 1 }\r\n');
  });

  it.each([
    [{ json: {} }, undefined, 'application/json'],
    [{ json: [] }, 'text/plain', 'application/json'],
    [{ content: 'x' }, undefined, 'text/plain'],
    [{ content: 'x' }, 'application/toml', 'application/toml'],
    [{ content: 'eA==', encoding: 'base64' as const }, 'application/toml', 'application/octet-stream'],
    [{ content: 'eA==', encoding: 'base64' as const }, 'image/png', 'image/png'],
    [{ bytes: Uint8Array.of(0xff) }, undefined, 'application/octet-stream'],
    [{ content: 'x', mediaType: 'text/markdown' }, 'text/plain', 'text/markdown'],
  ])('knows the media type of %j after %j', async (given, before, mediaType) => {
    const former = before === undefined ? undefined : { mediaType: before, bytes: async () => Buffer.from('y') };
    expect((await typedContent(given, { names: ['a'], former })).mediaType).toBe(mediaType);
  });

  it('decodes base64', () => {
    expect([...givenContent({ content: '/wA=', encoding: 'base64' }).bytes]).toEqual([0xff, 0]);
  });

  it.each(['/wA', '/wA=\n', '_wA=', '/wB=', ' ', 'a'])('refuses base64 with a second spelling: %j', (content) => {
    expect(refused({ content, encoding: 'base64' }).code).toBe('ARGUMENT_INVALID');
  });

  it('refuses none, both, a bare value, a bad media type and a lone surrogate', () => {
    expect(refused({})).toMatchObject({ message: 'there is no content', hint: expect.stringContaining('exactly one') });
    expect(refused({ content: 'x', json: {} }).message).toContain('more than one way');
    expect(refused({ json: 'text' }).message).toContain('neither an object nor an array');
    expect(refused({ json: null }).message).toContain('neither an object nor an array');
    expect(refused({ json: {}, encoding: 'base64' }).message).toContain('encoding');
    expect(refused({ content: 'x', mediaType: 'json' }).message).toContain('the media type');
    expect(refused({ content: 'x\uD800' }).code).toBe('CONTENT_INVALID');
    expect(refused({ json: { a: '\uDC00' } }).code).toBe('CONTENT_INVALID');
  });
});
