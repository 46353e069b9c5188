import { openStore } from '../store/open-store.ts';
import { pathsBelow, puts } from '../store/temporary-var.ts';

// Writes until it is killed: says what it tries, and what was answered. `inFlight` commits are asked for at once.
const [root = '', prefix = '', inFlight = '1'] = process.argv.slice(2);
const store = await openStore({ paths: pathsBelow(root) });
const say = (line: string) => process.stdout.write(`${line}\n`);

say('open');
for (let n = 0; ; n += Number(inFlight)) {
  await Promise.all(
    Array.from({ length: Number(inFlight) }, async (_, i) => {
      const name = `${prefix}/${n + i}`;
      say(`try ${name}`);
      const { receipt } = await store.writer.commit(puts({ [name]: `content of ${name}` }));
      say(`answered ${name} ${receipt.index}`);
    }),
  );
}
