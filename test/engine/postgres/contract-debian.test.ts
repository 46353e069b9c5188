import { describe, inject } from 'vitest';
import { postgresContract } from './postgres-contract.ts';

const { debian, pooled } = inject('postgres');

// By default it is tested behind PgBouncer only: see contract-pooled.test.ts.
describe.skipIf(debian === undefined || (pooled !== undefined && process.env['SLOW'] !== '1'))(
  "Debian's PostgreSQL",
  () => {
    postgresContract('postgres', { admin: debian ?? '', through: debian ?? '' });
  },
);
