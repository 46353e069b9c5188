import { completable, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Completion } from './resources/completion.ts';

/** Registers the prompts: ways to begin a piece of work that people pick from a menu. */
export function registerPrompts(server: McpServer, completion: Completion): void {
  const name = (description: string) => completable(z.string().describe(description), completion.names);
  const version = (description: string) =>
    completable(z.string().describe(description), (value, context) =>
      completion.versions(value, context?.arguments?.['name']),
    );

  server.registerPrompt(
    'review-changes',
    {
      title: 'Review changes',
      description: 'Shows what changed in a config, or in all, and what should be looked at.',
      argsSchema: z.object({
        name: name('Config to review; all when left out.').optional(),
        since: version('Version to compare the newest with; the one before it when left out.').optional(),
      }),
    },
    ({ name: config, since }) =>
      ask(
        config === undefined
          ? 'Review the configs in the store. Call list_history without a name, and for each config changed lately diff_configs with steps: true.'
          : `Review the config "${config}". Call list_configs with its name as prefix, then diff_configs with steps: true from ${since === undefined ? 'the version before the newest' : `version ${since}`}; where has_draft is true, compare the draft too.`,
        'Report what was added, removed and replaced, who made the change and why, and whether every version is verified. Point out commands or URLs that are new, access that became wider, and anything that looks like a secret. Change nothing.',
      ),
  );

  server.registerPrompt(
    'roll-back',
    {
      title: 'Roll back a config',
      description: 'Finds the version to return to, shows the difference, and restores it once you agree.',
      argsSchema: z.object({
        name: name('Config to roll back.'),
        version: version('Version to return to; chosen together when left out.').optional(),
      }),
    },
    ({ name: config, version: target }) =>
      ask(
        `Roll back the config "${config}"${target === undefined ? '' : ` to version ${target}`}. Call list_history for it${target === undefined ? ' and propose the newest version before the trouble began' : ''}.`,
        'Show with diff_configs what would change, from the newest version to that one, and ask me before you go on. Then call restore_config with expected_version set to the newest version and a message that says why, and tell me the new version and its commit.',
      ),
  );

  server.registerPrompt(
    'new-server',
    {
      title: 'Add an MCP server to a config',
      description: 'Adds one entry under mcpServers, as a draft you can look at first.',
      argsSchema: z.object({
        name: name('Config to add it to, such as claude-desktop/default.'),
        server: z.string().describe('What to add: its name, and its command or URL, as far as you know them.'),
      }),
    },
    ({ name: config, server: what }) =>
      ask(
        `Add an MCP server to the config "${config}": ${what}`,
        `Read the config with get_config. Add one member under "mcpServers" with patch_config and draft: true; leave all others as they are. Never write a credential into it: use \${env:NAME} and tell me which variables to set. Call validate_config with draft: true, show me diff_configs with draft: true, and ask me before publish_drafts.`,
      ),
  );
}

function ask(...paragraphs: string[]) {
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text: paragraphs.join('\n\n') } }] };
}
