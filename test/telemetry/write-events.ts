// One of several processes that write events at once: node write-events.ts FOLDER COUNT. Started by append.test.ts.
import { openTelemetry } from '../../src/telemetry/events/telemetry.ts';

const [folder = '', count = '0'] = process.argv.slice(2);
const telemetry = openTelemetry({ folder, days: 30, enabled: true, version: '1.0.0' });
for (let n = 0; n < Number(count); n++) {
  telemetry.events.toolCalled({
    tool: 'put_config',
    config: `claude-desktop/${'x'.repeat(n % 60)}`,
    client: { name: 'ü'.repeat(n % 100), version: '1' },
    durationMs: n,
    bytesIn: n,
    bytesOut: process.pid,
  });
  // Waits for pino once, so that no event has to queue.
  if (n === 0) await telemetry.flush();
}
await telemetry.close();
const { status, lost } = telemetry.state();
if (status !== 'on' || lost > 0) process.exitCode = 1;
