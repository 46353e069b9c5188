import { claudeDesktop } from './claude-desktop.ts';
import type { Dialect } from './dialect.ts';

/** Every client this program can write to; a new one is one file and one line here. */
export const DIALECTS: readonly Dialect[] = [claudeDesktop];
