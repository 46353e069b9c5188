import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeDesktop } from '../../src/clients/dialects/claude-desktop.ts';
import { findFile } from '../../src/clients/find-file.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

describe('the files of Claude Desktop', () => {
  it('on macOS', () => {
    expect(claudeDesktop.files({ platform: 'darwin', home: '/Users/ada' })).toEqual([
      '/Users/ada/Library/Application Support/Claude/claude_desktop_config.json',
    ]);
  });

  it('on Linux, also where XDG_CONFIG_HOME says', () => {
    expect(claudeDesktop.files({ platform: 'linux', home: '/home/ada' })).toEqual([
      '/home/ada/.config/Claude/claude_desktop_config.json',
      '/home/ada/.config/claude/claude_desktop_config.json',
    ]);
    expect(claudeDesktop.files({ platform: 'linux', home: '/home/ada', configHome: '/cfg' })[0]).toBe(
      '/cfg/Claude/claude_desktop_config.json',
    );
  });

  it('on Windows, the one of the Microsoft Store first', () => {
    const folders = { platform: 'win32', home: 'C:\\Users\\Ada' } as const;
    expect(claudeDesktop.files(folders)).toEqual([
      'C:\\Users\\Ada\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
      'C:\\Users\\Ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
    ]);
    expect(claudeDesktop.files({ ...folders, appData: 'D:\\R', localAppData: 'D:\\L' })).toEqual([
      'D:\\L\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
      'D:\\R\\Claude\\claude_desktop_config.json',
    ]);
  });
});

describe('which of them is meant', () => {
  it('the first there can be, then the one whose folder is there, then the one that is there; others are named', async () => {
    const folders = { platform: 'linux', home: await temporaryFolder() } as const;
    const [upper, lower] = claudeDesktop.files(folders) as [string, string];
    expect(findFile(claudeDesktop, folders)).toEqual({ path: upper, others: [] });
    await mkdir(dirname(lower), { recursive: true });
    expect(findFile(claudeDesktop, folders)).toEqual({ path: lower, others: [] });
    await mkdir(dirname(upper));
    expect(findFile(claudeDesktop, folders).path).toBe(upper);
    await writeFile(lower, '{}');
    expect(findFile(claudeDesktop, folders)).toEqual({ path: lower, others: [] });
    await writeFile(upper, '{}');
    expect(findFile(claudeDesktop, folders)).toEqual({ path: upper, others: [lower] });
  });
});
