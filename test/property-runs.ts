import process from 'node:process';

/** How often fast-check tries a property: few by default, many under `SLOW=1`. On a database each try takes as long as twenty on files. */
export const propertyRuns = {
  numRuns: process.env['SLOW'] !== '1' ? 60 : process.env['ENGINE'] === 'postgres' ? 250 : 5_000,
};
