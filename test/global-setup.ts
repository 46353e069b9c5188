import { build } from '../scripts/build.ts';

/** Tests that start `dist/main.js` run what the sources say now. */
export async function setup(): Promise<void> {
  await build({ image: true });
}
