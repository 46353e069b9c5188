import process from 'node:process';

/** How often fast-check tries a property: few by default, many under `SLOW=1`. */
export const propertyRuns = { numRuns: process.env['SLOW'] === '1' ? 5_000 : 60 };
