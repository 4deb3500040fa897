/** Values that people typed: which word on which step counts, and for which steps. */
import { expect, test } from 'vitest';
import { readChain } from '../../../core/audit/chain.ts';
import { progressOf } from '../../../core/incident/progress.ts';
import { typedValues } from '../../../core/incident/typed.ts';
import { declareParameter } from '../../../core/runbook/declared-parameters.ts';
import { isoOf } from '../../../core/time.ts';
import { ben, start } from '../../support/fixtures.ts';
import { burnsOf, chainOf, incidentId, intended, opened, spoke } from '../gate/situations.ts';

const entry = { type: 'integer', description: '', from: 'person', min: 2, destructive_default: false } as const;
const { parameter: pid } = declareParameter('pid', entry);
const { parameter: unit } = declareParameter('unit', {
  ...entry,
  type: 'string',
  from: 'tag:unit',
  min: undefined,
} as never);

const progress = (...events: Parameters<typeof chainOf>[0][number][]) => {
  const all = [opened, ...events];
  return progressOf(readChain(incidentId, chainOf(all)).entries, { burns: burnsOf(all), byFirstRelease: [] });
};
const at = (seconds: number) => isoOf(start + seconds * 1000);
const typed = (spoken: ReturnType<typeof spoke>[], step: number, known = progress()) =>
  typedValues({ spoken, progress: known }, [pid, unit], step);

test('what was typed on a step counts for it and every step after it, and for none before', () => {
  const words = [spoke('2.run', 'input', { kind: 'input', parameters: { pid: '4711' } })];
  expect(typed(words, 2)).toEqual({ pid: { value: '4711', by: 'ana' } });
  expect(typed(words, 5)).toEqual({ pid: { value: '4711', by: 'ana' } });
  expect(typed(words, 1)).toEqual({});
});

test('a value that is put in its place before its step ran is the one of later steps, and its author is who may not approve', () => {
  const words = [
    spoke('2.run', 'modify', { parameters: { pid: '12' }, by: { ...ben, via: 'slack' }, at: at(60) }),
    spoke('2.run', 'input', { kind: 'input', parameters: { pid: '4711' }, at: at(0) }),
  ];
  expect(typed(words, 3)).toEqual({ pid: { value: '12', by: 'ben' } });
  // Of the step itself it is what people changed, which its rehearsal did not have.
  expect(typed(words, 2)).toEqual({ pid: { value: '4711', by: 'ana' } });
});

test('after the first wave of its step nothing that is typed changes anything', () => {
  const begun = progress(intended('2.run', 'modifying'));
  const words = [
    spoke('2.run', 'input', { kind: 'input', parameters: { pid: '4711' }, at: at(-60) }),
    spoke('2.run', 'input', { kind: 'input', parameters: { pid: '1000' }, at: at(60) }),
    spoke('2.run', 'modify', { parameters: { pid: '1001' }, at: at(60) }),
  ];
  expect(typed(words, 2, begun)).toEqual({ pid: { value: '4711', by: 'ana' } });
  expect(typed(words, 3, begun)).toEqual({ pid: { value: '4711', by: 'ana' } });
});

test.each(["4'; reboot; '", '$(reboot)', '-9', '1', '', '4 5', '٣'])(
  'a value that its type refuses, %j, was not given',
  (value) => {
    expect(typed([spoke('2.run', 'input', { kind: 'input', parameters: { pid: value } })], 2)).toEqual({});
    const before = spoke('2.run', 'input', { kind: 'input', parameters: { pid: '77' }, at: at(-1) });
    expect(typed([before, spoke('2.run', 'input', { kind: 'input', parameters: { pid: value } })], 2).pid?.value).toBe(
      '77',
    );
  },
);

test('only parameters that a person types are typed, and only on a step’s own command', () => {
  expect(typed([spoke('2.run', 'input', { kind: 'input', parameters: { unit: 'web', other: '1' } })], 2)).toEqual({});
  expect(typed([spoke('2.rollback', 'input', { kind: 'input', parameters: { pid: '77' } })], 2)).toEqual({});
  expect(typed([spoke('2.run', 'approve', { parameters: { pid: '77' } })], 2)).toEqual({});
  // The word alone is nothing: it answers a question that asks for it.
  expect(typed([spoke('2.run', 'input', { kind: 'approve', parameters: { pid: '77' } })], 2)).toEqual({});
  expect(typed([spoke('2.run', 'modify', { kind: 'failure', parameters: { pid: '77' } })], 3)).toEqual({});
});
