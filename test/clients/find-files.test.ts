import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeDesktop } from '../../src/clients/dialects/apps/claude-desktop.ts';
import type { Dialect, PersonFolders } from '../../src/clients/dialects/dialect.ts';
import { DIALECTS, dialectOf } from '../../src/clients/dialects/index.ts';
import { findFiles, pathsOf } from '../../src/clients/find-files.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const MAC: PersonFolders = { platform: 'darwin', home: '/Users/ada' };
const LINUX: PersonFolders = { platform: 'linux', home: '/home/ada' };
const WINDOWS: PersonFolders = { platform: 'win32', home: 'C:\\Users\\Ada' };

const paths = ({ files: [first] }: Dialect, folders: PersonFolders) => pathsOf(first.paths, folders);

describe('the files of Claude Desktop', () => {
  it('on macOS', () => {
    expect(paths(claudeDesktop, MAC)).toEqual([
      '/Users/ada/Library/Application Support/Claude/claude_desktop_config.json',
    ]);
  });

  it('on Linux, also where XDG_CONFIG_HOME says', () => {
    expect(paths(claudeDesktop, LINUX)).toEqual([
      '/home/ada/.config/Claude/claude_desktop_config.json',
      '/home/ada/.config/claude/claude_desktop_config.json',
    ]);
    expect(paths(claudeDesktop, { ...LINUX, configHome: '/cfg' })[0]).toBe('/cfg/Claude/claude_desktop_config.json');
  });

  it('on Windows, the one of the Microsoft Store first', () => {
    expect(paths(claudeDesktop, WINDOWS)).toEqual([
      'C:\\Users\\Ada\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
      'C:\\Users\\Ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
    ]);
    expect(paths(claudeDesktop, { ...WINDOWS, appData: 'D:\\R', localAppData: 'D:\\L' })).toEqual([
      'D:\\L\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
      'D:\\R\\Claude\\claude_desktop_config.json',
    ]);
  });
});

describe('the first file of each client', () => {
  it('has the paths that its vendor documents, on the three systems', () => {
    const table = DIALECTS.map((dialect) => {
      const [mac, linux, windows] = [MAC, LINUX, WINDOWS].map((folders) => paths(dialect, folders)[0]);
      return `${dialect.client}: ${linux} | ${mac} | ${windows}`;
    });
    expect(table.join('\n')).toMatchSnapshot();
  });

  it.each([
    ['claude-code', 'CLAUDE_CONFIG_DIR', '/acc/.claude.json'],
    ['codex', 'CODEX_HOME', '/acc/config.toml'],
    ['copilot-cli', 'COPILOT_HOME', '/acc/mcp-config.json'],
    ['gemini-cli', 'GEMINI_CLI_HOME', '/acc/.gemini/settings.json'],
    ['goose', 'GOOSE_PATH_ROOT', '/acc/config/config.yaml'],
    ['crush', 'CRUSH_GLOBAL_CONFIG', '/acc/crush.json'],
    ['cline', 'CLINE_DIR', '/acc/data/settings/cline_mcp_settings.json'],
    ['opencode', 'OPENCODE_CONFIG', '/acc'],
  ])('of %s is where %s leads', (client, variable, expected) => {
    const [first] = findFiles(dialectOf(client), { ...LINUX, variables: { [variable]: '/acc' } });
    expect(first).toMatchObject({ path: expected, exists: false, why: `$${variable} leads to it` });
  });
});

describe('which of them is meant', () => {
  it('the first there can be, then the one whose folder is there, then the one that is there; others are named', async () => {
    const folders = { platform: 'linux', home: await temporaryFolder() } as const;
    const [upper, lower] = paths(claudeDesktop, folders) as [string, string];
    const found = () => findFiles(claudeDesktop, folders).map(({ path, others }) => ({ path, others }));
    expect(found()).toEqual([{ path: upper, others: [] }]);
    await mkdir(dirname(lower), { recursive: true });
    expect(found()).toEqual([{ path: lower, others: [] }]);
    await mkdir(dirname(upper));
    expect(found()[0]?.path).toBe(upper);
    await writeFile(lower, '{}');
    expect(found()).toEqual([{ path: lower, others: [] }]);
    await writeFile(upper, '{}');
    expect(found()).toEqual([{ path: upper, others: [lower] }]);
  });

  it('the newer one of two where either may be read, every profile, and the file of another account', async () => {
    const home = await temporaryFolder();
    const folders = { platform: 'linux', home, variables: { CODEX_HOME: join(home, 'work') } } as const;
    const put = async (path: string, time: number) => {
      await mkdir(dirname(join(home, path)), { recursive: true });
      await writeFile(join(home, path), '{}');
      await utimes(join(home, path), time, time);
    };
    const found = (client: string) =>
      findFiles(dialectOf(client), folders).map(({ path }) => path.slice(home.length + 1));
    await put('.lmstudio/mcp.json', 1);
    await put('.cache/lm-studio/mcp.json', 2);
    expect(found('lm-studio')).toEqual(['.cache/lm-studio/mcp.json']);
    await put('.config/Code/User/mcp.json', 1);
    await put('.config/Code/User/profiles/b1/mcp.json', 1);
    await put('.config/VSCodium/User/mcp.json', 1);
    expect(found('vscode')).toEqual([
      '.config/Code/User/mcp.json',
      '.config/Code/User/profiles/b1/mcp.json',
      '.config/VSCodium/User/mcp.json',
    ]);
    await put('.codex/config.toml', 1);
    expect(found('codex')).toEqual(['work/config.toml', '.codex/config.toml']);
  });
});
