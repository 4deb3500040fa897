/** A process that only verifies a bundle: `node bench/audit-verify.ts FILE` prints what it found, took and held as one JSON line. */
import { chunksOf, lineBatches } from '../cli/lines.ts';
import { verifyBundle } from '../core/audit/verify-bundle.ts';

const [file = ''] = process.argv.slice(2);
const before = process.cpuUsage();
const { verdict, integrity, completeness, entries, signatures } = await verifyBundle(lineBatches(chunksOf(file)));
const { user, system } = process.cpuUsage(before);
const [seconds, peakMiB] = [(user + system) / 1e6, process.resourceUsage().maxRSS / 1024];
const verdicts = [verdict, integrity.verdict, completeness.verdict];
console.log(JSON.stringify({ verdicts, entries, signatures, seconds, peakMiB }));
