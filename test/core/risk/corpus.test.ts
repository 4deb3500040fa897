/** The floor over lists of commands: nothing dangerous is a read, and what engineers look with is left alone. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { classify } from '../../../core/risk/classify.ts';
import { riskAtLeast } from '../../../core/words.ts';
import { invisible } from './corpus/invisible.ts';
import { readCorpus } from './corpus/read-corpus.ts';

const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));
const judge = (command: string) => classify(command, { reparse });
const dangerous = readCorpus('dangerous.txt');
const diagnostics = Object.values(readCorpus('diagnostics.txt')).flat();

describe('dangerous commands', () => {
  it('are more than 800, and listed once', () => {
    const all = Object.values(dangerous).flat();
    expect(all.length).toBeGreaterThan(800);
    expect(all.filter((command, index) => all.indexOf(command) !== index)).toEqual([]);
  });

  it.each(['destructive', 'modifying', 'disguised', 'launchers', 'more'])('are never reads: %s', (section) => {
    expect(dangerous[section]?.filter((command) => judge(command).level === 'read_only')).toEqual([]);
  });

  it.each(['destructive', 'disguised', 'launchers'])('are destructive where anybody would say so: %s', (section) => {
    const low = dangerous[section]?.filter((command) => !riskAtLeast(judge(command).level, 'destructive')) ?? [];
    expect(low.length, low.join('\n')).toBeLessThanOrEqual((dangerous[section]?.length ?? 0) * 0.05);
  });

  it('that show secrets or reach other machines are flagged', () => {
    const plain = dangerous.leaking?.filter((command) => {
      const { level, flags } = judge(command);
      return level === 'read_only' && flags.length === 0;
    });
    expect(plain).toEqual([]);
  });

  it('that cannot be read as they are written are destructive', () => {
    expect(invisible.filter((script) => !riskAtLeast(judge(script).level, 'destructive'))).toEqual([]);
  });
});

describe('diagnostics', () => {
  it('are more than 500, and listed once', () => {
    expect(diagnostics.length).toBeGreaterThan(500);
    expect(diagnostics.filter((command, index) => diagnostics.indexOf(command) !== index)).toEqual([]);
  });

  it('are reads without a flag, at least 95 of 100', () => {
    const raised = diagnostics.filter((command) => {
      const { level, flags } = judge(command);
      return level !== 'read_only' || flags.length > 0;
    });
    expect(raised.length, raised.join('\n')).toBeLessThanOrEqual(diagnostics.length * 0.05);
  });
});

it('answers the worked examples of docs/risk.md as they are written there', () => {
  const text = readFileSync(new URL('../../../docs/risk.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(.+?)` \| ((?:read_only|modifying|destructive|forbidden)[\w, ]*) \|/gm)];
  const written = rows.map(([, script = '', verdict = '']) => [script.replaceAll('\\|', '|'), verdict]);
  expect(written).toHaveLength(10);
  const answers = written.map(([script = '']) => [script, [judge(script).level, ...judge(script).flags].join(', ')]);
  expect(answers).toEqual(written);
});
