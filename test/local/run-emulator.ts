/** A run for the tests of process hygiene: starts the emulator as the demo does, says where, and waits. */

import { startEmulator } from '../../local/emulator.ts';
import { stopOnRequest } from '../../local/end-of-run.ts';

const emulator = await startEmulator({ onProgress: () => {} });
stopOnRequest(emulator.stop);
const child = emulator.spawn('sh', ['-c', 'sleep 600 & sleep 600'], { stdio: 'ignore' });
process.stdout.write(`${JSON.stringify({ ...emulator, child: child.pid, pid: process.pid })}\n`);
setInterval(() => {}, 60_000);
