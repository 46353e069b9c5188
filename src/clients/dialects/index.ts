import { StoreError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { antigravity } from './apps/antigravity.ts';
import { claudeDesktop } from './apps/claude-desktop.ts';
import { goose } from './apps/goose.ts';
import { lmStudio } from './apps/lm-studio.ts';
import { warp } from './apps/warp.ts';
import type { Dialect } from './dialect.ts';
import { cline } from './editors/cline.ts';
import { continueDev } from './editors/continue.ts';
import { cursor } from './editors/cursor.ts';
import { devin } from './editors/devin.ts';
import { jetbrainsCopilot } from './editors/jetbrains-copilot.ts';
import { junie } from './editors/junie.ts';
import { kiro } from './editors/kiro.ts';
import { roo } from './editors/roo.ts';
import { trae } from './editors/trae.ts';
import { vscode } from './editors/vscode.ts';
import { zed } from './editors/zed.ts';
import { OTHERS } from './others.ts';
import { amp } from './terminals/amp.ts';
import { claudeCode } from './terminals/claude-code.ts';
import { codex } from './terminals/codex.ts';
import { copilotCli } from './terminals/copilot-cli.ts';
import { crush } from './terminals/crush.ts';
import { geminiCli } from './terminals/gemini-cli.ts';
import { opencode } from './terminals/opencode.ts';
import { qwenCode } from './terminals/qwen-code.ts';

export type { Dialect } from './dialect.ts';

/** Every client this program knows; a new one is one file and one line here. */
export const DIALECTS: readonly Dialect[] = [
  ...[claudeDesktop, claudeCode, cursor, vscode, copilotCli, jetbrainsCopilot, devin, zed, geminiCli, antigravity],
  ...[codex, goose, continueDev, cline, opencode, lmStudio, kiro, amp, crush, qwenCode, warp, junie, roo, trae],
  ...OTHERS,
];

/** The clients that this program writes to. */
export const WRITABLE: readonly Dialect[] = DIALECTS.filter(({ readOnly }) => readOnly === undefined);

/** Finds the dialect of a client by its name here; `windsurf` is the former name of devin. @throws StoreError ARGUMENT_INVALID naming the clients there are */
export function dialectOf(client: string): Dialect {
  const wanted = client === 'windsurf' ? 'devin' : client;
  const dialect = DIALECTS.find((known) => known.client === wanted);
  if (dialect !== undefined) return dialect;
  throw new StoreError('ARGUMENT_INVALID', `there is no client ${JSON.stringify(client.slice(0, 40))}`, {
    hint: `${meant(client)}Choose one of ${DIALECTS.map((known) => known.client).join(', ')}.`,
  });
}

/** Returns the clients that a name may have meant, as the beginning of a hint. */
function meant(client: string): string {
  const names = DIALECTS.map((known) => known.client);
  const part = client.toLowerCase();
  const near = part.length < 3 ? [] : names.filter((name) => name.split('-').includes(part) || name.startsWith(part));
  const closest = near.length === 0 ? nearest(part.slice(0, 40), names) : undefined;
  const likely = closest === undefined ? near : [closest];
  return likely.length === 0 ? '' : `Did you mean ${likely.join(' or ')}? `;
}
