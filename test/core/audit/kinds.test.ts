/** Kinds of audit events that are none: words that every object of JavaScript knows are as unknown as any other. */
import { expect, test } from 'vitest';
import { type AuditEvent, readEvent, writable } from '../../../core/audit/entry.ts';

const foreign = ['constructor', '__proto__', 'toString', 'card_read', ''];

test.each(foreign)('%s is read as no event', (kind) => {
  expect(readEvent({ kind })).toBeNull();
});

test.each(foreign)('%s is not written', (kind) => {
  expect(() => writable({ kind } as unknown as AuditEvent)).toThrow(/is of no kind in core\/audit\/entry\.ts/);
});
