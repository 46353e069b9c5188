import { describe, inject } from 'vitest';
import { postgresContract } from './postgres-contract.ts';

const { current } = inject('postgres');

describe.skipIf(current === undefined)('the current PostgreSQL', () => {
  postgresContract('postgres', { admin: current ?? '', through: current ?? '' });
});
