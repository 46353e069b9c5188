import { describe, inject } from 'vitest';
import { postgresContract } from './postgres-contract.ts';

const { debian } = inject('postgres');

describe.skipIf(debian === undefined)("Debian's PostgreSQL", () => {
  postgresContract('postgres', { admin: debian ?? '', through: debian ?? '' });
});
