import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claudeDesktop } from '../../src/clients/dialects/apps/claude-desktop.ts';
import { nodeEntry } from '../../src/clients/entry.ts';
import { editEntry, mergeEntry } from '../../src/clients/install-entry.ts';
import { propertyRuns } from '../property-runs.ts';
import { objectTexts } from './json-texts.ts';

const PLACE = { file: 'the file', key: 'mcpServers', name: 'config-store' };
const ENTRY = nodeEntry('/usr/bin/node', '/opt/dist/main.js', { CONFIG_STORE_VAR: '/data' });
const merge = (existing: unknown) => mergeEntry(claudeDesktop, PLACE.name, existing, ENTRY);
const edit = (text: string) => editEntry(claudeDesktop, text, PLACE, ENTRY);
const short = async (text: string) => (await editEntry(claudeDesktop, text, PLACE, { command: 'x', args: [] })).text;

describe('whatever the formatting', () => {
  it('every byte outside our entry stays, and a second edit changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(objectTexts(PLACE.key, PLACE.name), async ({ text, own }) => {
        const { text: after, change } = await edit(text);
        const expected = JSON.parse(text) as Record<string, Record<string, unknown>>;
        const servers = expected['mcpServers'] ?? {};
        expected['mcpServers'] = servers;
        servers['config-store'] = merge(servers['config-store']);
        expect(JSON.stringify(JSON.parse(after))).toBe(JSON.stringify(expected));
        if (own === undefined) {
          let same = 0;
          while (same < text.length && text[same] === after[same]) same++;
          // What follows the place of the insertion is all there: prefix and suffix together are the old text.
          const lost = [...Array(same + 1).keys()].every((at) => !after.endsWith(text.slice(at)));
          expect([change, lost]).toEqual(['added', false]);
        } else {
          expect(after.startsWith(text.slice(0, own.start))).toBe(true);
          expect(after.endsWith(text.slice(own.end))).toBe(true);
          expect(change).toBe('replaced');
        }
        expect(await edit(after)).toMatchObject({ change: 'none', text: after });
      }),
      propertyRuns,
    );
  });
});

describe('a new entry looks as its neighbours do', () => {
  it.each([
    ['an empty text', '', '{\n  "mcpServers": {\n    "config-store": {\n      "command": "x"\n    }\n  }\n}\n'],
    [
      'blanks and line ends',
      ' \r\n\t\n',
      '{\n  "mcpServers": {\n    "config-store": {\n      "command": "x"\n    }\n  }\n}\n',
    ],
    ['an empty object', '{}', '{\n  "mcpServers": {\n    "config-store": {\n      "command": "x"\n    }\n  }\n}'],
    [
      'an empty list',
      '{\n\t"mcpServers": {}\n}\n',
      '{\n\t"mcpServers": {\n\t\t"config-store": {\n\t\t\t"command": "x"\n\t\t}\n\t}\n}\n',
    ],
    [
      'an empty list over lines',
      '{\r\n    "mcpServers": {\r\n    }\r\n}',
      '{\r\n    "mcpServers": {\r\n        "config-store": {\r\n            "command": "x"\r\n        }\r\n    }\r\n}',
    ],
    [
      'a list over lines',
      '{\n "mcpServers": {\n  "a": {}\n }\n}',
      '{\n "mcpServers": {\n  "a": {},\n  "config-store": {\n   "command": "x"\n  }\n }\n}',
    ],
    ['one line', '{"mcpServers":{"a":{}}}', '{"mcpServers":{"a":{},"config-store":{"command":"x"}}}'],
    ['one line, empty list', '{"mcpServers":{}}', '{"mcpServers":{"config-store":{"command":"x"}}}'],
    ['one line, spaced', '{ "a": 1, "b": 2 }', '{ "a": 1, "b": 2, "mcpServers": {"config-store": {"command": "x"}} }'],
    [
      'no list of servers yet',
      '{\n  "theme": "dark"\n}\n',
      '{\n  "theme": "dark",\n  "mcpServers": {\n    "config-store": {\n      "command": "x"\n    }\n  }\n}\n',
    ],
  ])('%s', async (_, before, after) => {
    expect(await short(before)).toBe(after);
  });
});

describe('an entry that is there', () => {
  it('keeps what a person added to it, in its place among the others', async () => {
    const text = JSON.stringify({
      mcpServers: {
        'config-store': {
          disabled: true,
          command: 'old',
          env: { CONFIG_STORE_VAR: '/old', CONFIG_STORE_LOG_LEVEL: 'info' },
        },
        other: {},
      },
    });
    const { change, after, text: edited } = await edit(text);
    expect(change).toBe('replaced');
    expect(after).toEqual({
      disabled: true,
      command: '/usr/bin/node',
      args: ['/opt/dist/main.js', 'serve'],
      env: { CONFIG_STORE_LOG_LEVEL: 'info', CONFIG_STORE_VAR: '/data' },
    });
    expect(Object.keys((JSON.parse(edited) as { mcpServers: object }).mcpServers)).toEqual(['config-store', 'other']);
  });

  it('is left alone when it says the same in another order or spelling', async () => {
    const text =
      '{"mcpServers":{"config-st\\u006fre":{"env":{"CONFIG_STORE_VAR":"/data"},"args":["\\/opt/dist/main.js","serve"],"command":"/usr/bin/node"}}}';
    expect(await edit(text)).toMatchObject({ change: 'none', text });
  });
});

describe('refuses', () => {
  it.each([
    ['a comment', '{\n  // mine\n  "mcpServers": {}\n}', 'not valid JSON at line 2, column 3'],
    ['a trailing comma', '{"a":1,}', 'not valid JSON at line 1'],
    ['half a file', '{"mcpServers":{"a":', 'not valid JSON'],
    ['an array', '[]', 'it does not hold an object'],
    ['null', 'null', 'it does not hold an object'],
    ['servers that are none', '{"mcpServers":null}', 'its mcpServers is not an object'],
    ['servers as an array', '{"mcpServers":[]}', 'its mcpServers is not an object'],
    ['two lists', '{"mcpServers":{},"mcpServers":{}}', 'a member occurs twice'],
    ['two of ours', '{"mcpServers":{"config-store":1,"config-store":2}}', 'a member occurs twice'],
    ['a bottomless one', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'cannot be edited'],
  ])('%s', async (_, text, why) => {
    await expect(edit(text)).rejects.toMatchObject({
      code: expect.stringMatching(/^TARGET_UN/),
      message: expect.stringContaining(why),
    });
  });

  it('without a word of what is in the file', async () => {
    const text = '{"token": "s3cr3t-value" oops}';
    let thrown: unknown;
    try {
      await edit(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'TARGET_UNPARSABLE' });
    expect(inspect(thrown, { depth: null })).not.toContain('s3cr3t');
  });
});
