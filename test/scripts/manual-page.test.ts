import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { manualPage } from '../../scripts/manual-page.ts';
import { SETTINGS } from '../../src/app/settings/setting-table.ts';
import { isGroup, type LoadedCommand } from '../../src/cli/program/command.ts';
import { COMMANDS } from '../../src/cli/program/commands.ts';

const hasGroff = spawnSync('groff', ['--version']).status === 0;
const page = await manualPage();

describe('the manual page', () => {
  it('has every command and every setting', () => {
    for (const name of Object.keys(COMMANDS)) expect(page).toContain(`\n.SS ${name}\n`);
    expect(page).toContain('\n.SS draft publish\n');
    for (const { variable } of Object.values(SETTINGS)) expect(page).toContain(`\n.B ${variable}\n`);
  });

  it('has only the requests it means to have', () => {
    const requests = new Set(page.match(/^\.\S+/gm));
    expect([...requests].sort()).toEqual(['.B', '.EE', '.EX', '.I', '.PP', '.SH', '.SS', '.TH', '.TP']);
  });

  it.skipIf(!hasGroff)('is set without a warning, and has every example as it can be pasted', async () => {
    const { stdout, stderr } = spawnSync('groff', ['-man', '-K', 'utf8', '-T', 'utf8', '-P', '-c', '-w', 'w', '-z'], {
      input: page,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
    const set = spawnSync('groff', ['-man', '-K', 'utf8', '-T', 'utf8', '-P', '-cbou'], {
      input: page,
      encoding: 'utf8',
    });
    expect(set.stdout).toContain('--allow-secret');
    const loaded: LoadedCommand[] = await Promise.all(Object.values(COMMANDS).map(({ load }) => load()));
    const examples = loaded.flatMap((command) => (isGroup(command) ? [] : command.examples));
    expect(examples.length).toBeGreaterThan(30);
    expect(examples.filter((line) => !set.stdout.includes(line.replaceAll('…', '...')))).toEqual([]);
  });
});
