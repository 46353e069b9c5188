import type { Dialect } from '../dialects/dialect.ts';
import { entryOf, type Rendered } from './to-client.ts';

/** Returns the text to be pasted into a client's file: its section with these servers. */
export async function printFragment(dialect: Dialect, servers: ReadonlyMap<string, Rendered>): Promise<string> {
  const entries = [...servers].flatMap(([name, { fields }]) =>
    fields === undefined ? [] : [[name, entryOf(fields)] as const],
  );
  const inner: unknown = dialect.list ? entries.map(([, entry]) => entry) : Object.fromEntries(entries);
  const section = dialect.section.reduceRight<unknown>((below, step) => ({ [step]: below }), inner) as Record<
    string,
    unknown
  >;
  switch (dialect.format) {
    case 'toml': {
      const { printTomlTable } = await import('../../core/patch/print-toml.ts');
      return printTomlTable([], section, '\n');
    }
    case 'yaml': {
      const { printYaml } = await import('../../core/patch/print-yaml.ts');
      return `${printYaml(section)}\n`;
    }
    default:
      return `${JSON.stringify(section, null, 2)}\n`;
  }
}
