import type { Dialect } from '../dialect.ts';
import { geminiCli } from './gemini-cli.ts';

/** Qwen Code, which grew out of Gemini CLI. */
export const qwenCode: Dialect = {
  ...geminiCli,
  client: 'qwen-code',
  title: 'Qwen Code',
  files: [{ paths: ['~/.qwen/settings.json'] }],
  projectFiles: ['.qwen/settings.json'],
};
