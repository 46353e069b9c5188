import { describe, expect, test } from 'vitest';
import { contentKind, isMediaType, mediaTypeOfPath } from '../../src/core/content/media-type.ts';

describe('media types', () => {
  test.each([
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['application/vnd.mcp.server+json', 'json'],
    ['text/jsonc', 'jsonc'],
    ['text/x-yaml', 'yaml'],
    ['application/openapi+yaml', 'yaml'],
    ['application/toml', 'toml'],
    ['application/x+toml', 'toml'],
    ['text/markdown', 'text'],
    ['image/svg+xml', 'text'],
    ['application/json5', 'text'],
    ['application/octet-stream', 'binary'],
    ['image/png', 'binary'],
    ['application/jsonx', 'binary'],
  ])('%s is %s', (mediaType, kind) => {
    expect(contentKind(mediaType)).toBe(kind);
  });

  test.each([
    ['text/plain', true],
    ['text/plain; charset="utf-8"', true],
    ['application/vnd.in-toto+json', true],
    ['text', false],
    ['text/', false],
    ['/plain', false],
    ['text/plain;', false],
    ['text/pl ain', false],
    ['text/plain\r\nx: y', false],
    [`text/${'x'.repeat(300)}`, false],
  ])('%j is a media type: %s', (text, answer) => {
    expect(isMediaType(text)).toBe(answer);
  });

  test.each([
    ['/home/a/claude_desktop_config.json', 'application/json'],
    ['C:\\x.y\\settings.JSONC', 'application/jsonc'],
    ['config.yml', 'application/yaml'],
    ['~/.codex/config.toml', 'application/toml'],
    ['CLAUDE.md', 'text/markdown'],
    ['.env', 'text/plain'],
    ['folder.json/file', undefined],
    ['picture.xyz', undefined],
  ])('the file %s is %s', (path, mediaType) => {
    expect(mediaTypeOfPath(path)).toBe(mediaType);
  });
});
