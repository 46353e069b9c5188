import { expect, test } from 'vitest';
import { type Check, requiredScenarios, runSuite } from './suite.ts';

const TASKS = 'the tasks extension: no call takes long enough to need one';
const HEADERS = 'headers of HTTP, which stdio does not have';

/** Scenarios that no revision requires of a server, and why they fail here; one that passes must leave this list. */
const NOT_REQUIRED: Readonly<Record<string, string>> = {
  'tasks-capability-negotiation': TASKS,
  'tasks-dispatch-and-envelope': TASKS,
  'tasks-lifecycle': TASKS,
  'tasks-mrtr-composition': TASKS,
  'tasks-mrtr-input': TASKS,
  'tasks-request-headers': TASKS,
  'tasks-request-state-removal': TASKS,
  'tasks-required-task-error': TASKS,
  'tasks-wire-fields': TASKS,
  'http-custom-header-server-validation': HEADERS,
  'http-header-validation': HEADERS,
};

function faults(checks: readonly Check[]): Check[] {
  return checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
}

function namesOf(checks: readonly Check[]): string[] {
  return [...new Set(checks.map(({ scenario }) => scenario))].sort();
}

// The suite gives some frames half a second to arrive, which a busy machine may miss.
const PATIENT = { timeout: 300_000, retry: 2 };

test('suite 0.1.16: every active scenario passes', PATIENT, async () => {
  const { checks, output } = await runSuite('conformance-0.1', ['--suite', 'active']);
  expect(faults(checks)).toEqual([]);
  expect(namesOf(checks)).toHaveLength(30);
  expect(output).toMatch(/^Total: \d+ passed, 0 failed$/m);
});

test.each([
  { revision: '2025-11-25', failing: [] },
  { revision: '2026-07-28', failing: Object.keys(NOT_REQUIRED) },
])('suite 0.2.0: every scenario that $revision requires passes', PATIENT, async ({ revision, failing }) => {
  const required = await requiredScenarios('conformance-0.2', revision);
  const { checks } = await runSuite('conformance-0.2', ['--requirements', revision]);
  expect(namesOf(checks)).toEqual(expect.arrayContaining([...required]));
  expect(faults(checks).filter(({ scenario }) => !(scenario in NOT_REQUIRED))).toEqual([]);
  expect(namesOf(faults(checks))).toEqual([...failing].sort());
  expect(required.filter((scenario) => scenario in NOT_REQUIRED)).toEqual([]);
});

const SESSION = 'a request of the server to the client, which needs a session: none of our tools makes one';

/** Scenarios of the 2025 era that need a session. */
const NEED_SESSION: Readonly<Record<string, string>> = {
  'tools-call-sampling': SESSION,
  'tools-call-elicitation': SESSION,
  'elicitation-sep1034-defaults': SESSION,
  'elicitation-sep1330-enums': SESSION,
};

const STREAMS = 'streams that are gone on with are part of a session: a warning, no failure';

/** Scenarios of the 2025 era that are warned of without a session. */
const WARNED_WITHOUT_SESSION: Readonly<Record<string, string>> = {
  'server-sse-multiple-streams': STREAMS,
  'server-sse-polling': STREAMS,
};

/** Returns the checks that failed, and the warnings that have no reason here. */
function faultsOverHttp(checks: readonly Check[]): Check[] {
  return faults(checks).filter(({ status, scenario }) => status === 'FAILURE' || !(scenario in WARNED_WITHOUT_SESSION));
}

/** Over HTTP the headers are checked for what they are; custom ones are those of tools that declare some, which ours do not. */
const { 'http-header-validation': _, ...NOT_REQUIRED_OVER_HTTP } = NOT_REQUIRED;

// Minutes: the suite waits for each request of the server that never comes.
const slowTest = test.skipIf(process.env['SLOW'] !== '1');

slowTest(
  'straight over HTTP, suite 0.1.16: every active scenario passes but those that need a session',
  PATIENT,
  async () => {
    const { checks } = await runSuite('conformance-0.1', ['--suite', 'active'], 'http');
    expect(namesOf(checks)).toHaveLength(30);
    expect(namesOf(faultsOverHttp(checks))).toEqual(Object.keys(NEED_SESSION).sort());
  },
);

slowTest.each([
  { revision: '2025-11-25', failing: Object.keys(NEED_SESSION), excused: Object.keys(NEED_SESSION) },
  { revision: '2026-07-28', failing: Object.keys(NOT_REQUIRED_OVER_HTTP), excused: [] },
])('straight over HTTP, suite 0.2.0: $revision', PATIENT, async ({ revision, failing, excused }) => {
  const required = await requiredScenarios('conformance-0.2', revision);
  const { checks } = await runSuite('conformance-0.2', ['--requirements', revision], 'http');
  expect(namesOf(checks)).toEqual(expect.arrayContaining([...required]));
  expect(namesOf(faultsOverHttp(checks))).toEqual([...failing].sort());
  expect(required.filter((scenario) => failing.includes(scenario)).sort()).toEqual([...excused].sort());
});
