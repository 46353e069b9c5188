import { createHash } from 'node:crypto';

/** A config of exactly 2,048 bytes, as JSON text; another one for each number, so that no two puts are the same. */
export function sampleConfig(number: number): string {
  const digest = createHash('sha256').update(String(number)).digest('hex');
  const config = {
    number,
    digest,
    servers: Array.from({ length: 12 }, (_, i) => ({
      name: `server-${i}`,
      command: 'npx',
      args: ['-y', `package-${i}@1.0.${i}`],
    })),
    padding: '',
  };
  return JSON.stringify({ ...config, padding: 'x'.repeat(2_048 - JSON.stringify(config).length) });
}
