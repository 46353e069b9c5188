import type { PolicyFinding } from '../../policy/policy.ts';
import { type Content, structuredValue } from '../shared/content-changes.ts';

/** The most remarks a write answers with; validate_config has them all. */
const MAX_REMARKS = 10;

/**
 * Returns the remarks of the policy on the MCP server entries that a write changed: faults and likely mistakes.
 * They refuse nothing. Entries that stayed as they were are left out, so that a small change gets a short answer.
 *
 * @param changes where the content differs from what was there; JSON Pointers, empty for the whole
 */
export async function serverRemarks(
  name: string,
  content: Content,
  changes: ReadonlyArray<{ readonly path: string }>,
): Promise<{ warnings: PolicyFinding[] } | undefined> {
  // All clients' names for the member that holds the entries have this in them, and most other content has not.
  if (changes.length === 0 || !Buffer.from(content.bytes).includes('ervers')) return undefined;
  const value = await structuredValue(content);
  if (typeof value !== 'object' || value === null) return undefined;
  const { mcpServerFindings } = await import('../../policy/servers/mcp-servers.ts');
  const { errors, warnings } = mcpServerFindings(name, value, undefined);
  const touched = [...errors, ...warnings].filter(
    ({ code, path }) => code !== 'UNKNOWN_CLIENT' && changes.some((change) => overlap(path, change.path)),
  );
  return touched.length === 0 ? undefined : { warnings: touched.slice(0, MAX_REMARKS) };
}

/** Returns true when one place is the other, or lies in it. */
function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
