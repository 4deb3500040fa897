/** `countersign audit verify --bundle`: what verifying a bundle found, in words; nothing but the file is asked. */
import { readFileSync } from 'node:fs';
import pc from 'picocolors';
import type { BundleReport, Half, Located } from '../core/audit/bundle-report.ts';
import { keyFingerprint, verifyBundle } from '../core/audit/verify-bundle.ts';
import { chunksOf, lineBatches } from './lines.ts';
import { oneLine } from './timeline.ts';

export const bundleExitCodes = { clean: 0, broken: 1, cannot_tell: 2 } as const;

/** Verifies a file; `keyFile` holds the approval key's public half as PEM, as KMS gives it. */
export async function verifyBundleFile(file: string, keyFile?: string): Promise<BundleReport> {
  const known = keyFile === undefined ? {} : { publicKey: keyOf(keyFile) };
  return verifyBundle(lineBatches(chunksOf(file)), known);
}

/** The public key in a file. */
export function keyOf(file: string): string {
  const pem = readFileSync(file, 'utf8');
  if (keyFingerprint(pem) !== null) return pem;
  throw new Error(
    `audit verify: --key ${file} is no public key in PEM; write what aws kms get-public-key answers as PEM`,
  );
}

const mostLines = 20;

export function bundleLinesOf(report: BundleReport): string[] {
  const { chains, entries, signatures, texts, key, integrity, completeness, firstBad, verdict } = report;
  const lines = [
    ...halfLines('integrity', integrity),
    ...halfLines('completeness', completeness),
    `  ${chains} chains, ${entries} entries, ${signatures} signatures, ${texts} texts`,
    key === null
      ? '  no key: no signature could be verified'
      : `  approval key, SHA-256 of its DER: ${key}; compare it with the account’s, or give that with --key`,
  ];
  if (firstBad) lines.push(`${pc.red('✗')} first bad: ${located(firstBad)}`);
  if (verdict === 'clean') lines.push(`${pc.green('✓')} clean: whole, and all that was asked for is here`);
  if (verdict === 'cannot_tell') lines.push(`${pc.yellow('?')} nothing contradicts, but not everything could be told`);
  return lines;
}

const marks = { whole: pc.green('✓'), broken: pc.red('✗'), cannot_tell: pc.yellow('?') };
const words = { whole: 'whole', broken: 'broken', cannot_tell: 'cannot tell' };

function halfLines(name: string, { verdict, problems, cannotTell, found }: Half): string[] {
  const shown = [
    ...problems.map((one) => `  ${pc.red('✗')} ${located(one)}`),
    ...cannotTell.map((one) => `  ${pc.yellow('?')} ${located(one)}`),
  ].slice(0, mostLines);
  const more = found > shown.length ? [`    and ${found - shown.length} more`] : [];
  return [`${marks[verdict]} ${name}: ${words[verdict]}`, ...shown, ...more];
}

function located({ chain, place, line, text }: Located): string {
  if (chain === null) return oneLine(`line ${line} of the bundle: ${text}`);
  return oneLine(`${chain}${place === null ? '' : `, entry ${place}`}: ${text}`);
}
