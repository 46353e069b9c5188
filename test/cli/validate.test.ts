import { existsSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const TOKEN = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  onTestFinished(() => place.remove());
});
const file = (name: string, text: string) => {
  writeFileSync(place.path(name), text);
  return place.path(name);
};

describe('validate FILE', () => {
  it('says that a file may be stored, and makes no store', async () => {
    const { code, stdout } = await place.run(['validate', file('a.json', '{"a":1}')]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Valid, no warnings\n' });
    expect(await place.json(['validate', place.path('a.json')])).toMatchObject({
      valid: true,
      media_type: 'application/json',
      errors: [],
    });
    expect(existsSync(place.path('var'))).toBe(false);
  });

  it.each([
    ['JSON that is cut', 'a.json', '{"a":', 'CONTENT_INVALID'],
    ['TOML that is none', 'a.toml', 'a = = 1', 'CONTENT_INVALID'],
    ['a credential', 'a.env', `TOKEN=${TOKEN}\n`, 'SECRET_FOUND'],
  ])('ends with 65 for %s, and names the place', async (_, name, text, code) => {
    const ended = await place.run(['validate', file(name, text)]);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 65, stdout: expect.stringContaining(code) });
    expect(ended.stdout + ended.stderr).not.toContain(TOKEN);
  });

  it('reads standard input, and takes limits and type from the config it is for', async () => {
    const servers = JSON.stringify({ mcpServers: { a: { type: 'http', url: 'https://x.example.net/mcp' } } });
    const said = await place.run(['validate', '-', '--name', 'claude-desktop/default'], { stdin: servers });
    expect({ code: said.code, stdout: said.stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('UNSUPPORTED_TRANSPORT /mcpServers/a'),
    });
    expect(await place.run(['validate', '-'], { stdin: 'text' })).toMatchObject({ code: 0 });
  });
});

describe('put --dry-run', () => {
  it('says what would change, and stores nothing', async () => {
    const path = file('a.json', '{"a":1}');
    expect((await place.run(['put', 'x/a', path, '--dry-run'])).stdout).toMatch(
      /^Not stored: x\/a would be version 1 /,
    );
    expect((await place.run(['list'])).stdout).not.toContain('x/a');
    await place.run(['put', 'x/a', path]);
    writeFileSync(path, '{"a":2}');
    const { stdout } = await place.run(['put', 'x/a', path, '--dry-run']);
    expect(stdout).toMatch(/^Not stored: x\/a would be version 2 \(.*1 change/);
    expect(stdout).toMatch(/~ \/a +1 → 2/);
    expect(await place.json(['put', 'x/a', path, '--dry-run'])).toMatchObject({ created: false, version: 1 });
    expect((await place.run(['get', 'x/a'])).stdout).toBe('{"a":1}');
    writeFileSync(path, '{"a":1}');
    expect((await place.run(['put', 'x/a', path, '--dry-run'])).stdout).toMatch(/^Nothing to store: .*version 1/);
  });

  it('fails where the put would', async () => {
    const path = file('a.env', `TOKEN=${TOKEN}\n`);
    expect(await place.run(['put', 'x/a', path, '--dry-run'])).toMatchObject({ code: 65 });
    await place.run(['put', 'x/b', '-'], { stdin: 'one' });
    const old = await place.run(['put', 'x/b', '-', '--expected-version', '4', '--dry-run'], { stdin: 'two' });
    expect(old).toMatchObject({ code: 75 });
  });
});
