import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { advertisedOutput } from '../../src/mcp/results/result.ts';
import { fullSchema } from '../../src/mcp/tool/advertise.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';

/**
 * What a result holds that docs/tools.md does not say of its tool, and what it lacks. Clients cannot find this: of a
 * result the server lists only an outline.
 */
export function undescribed(tool: string, structured: unknown): OutputUnit[] {
  const found = TOOLS.find(({ name }) => name === tool);
  if (found === undefined) throw new Error(`there is no tool ${tool}`);
  const described = [advertisedOutput(found), found.output.loose()].map(
    (schema) => new Validator(fullSchema(schema, 'output') as Schema, '2020-12', false),
  );
  return described.flatMap((validator) => validator.validate(structured).errors);
}
