/** Lines and metrics as CloudWatch reads them from stdout. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { measured, noted } from '../../adapters/powertools/metrics.ts';

const lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(JSON.parse(String(line)));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

test('a metric is one line in the embedded format, with its dimension and unit', () => {
  measured({ name: 'TimeToAnswer', unit: 'Seconds', value: 41.5, by: { name: 'Word', value: 'approve' } });
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Countersign',
            Dimensions: [['service', 'Word']],
            Metrics: [{ Name: 'TimeToAnswer', Unit: 'Seconds' }],
          },
        ],
      },
      service: 'countersign',
      Word: 'approve',
      TimeToAnswer: 41.5,
    },
  ]);
});

test('a doorbell that opens nothing is a line with its alarm, and a count by its reason', () => {
  noted('quiet', 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:x');
  expect(lines[0]).toMatchObject({
    message: 'doorbell',
    doorbell: 'quiet',
    alarmArn: 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:x',
  });
  expect(lines[1]).toMatchObject({ Doorbells: 1, Reason: 'quiet' });
});

test('metrics of two dimensions do not run into each other', () => {
  measured({ name: 'IncidentsClosed', unit: 'Count', value: 1, by: { name: 'Status', value: 'resolved' } });
  measured({ name: 'TimeToFirstCard', unit: 'Seconds', value: 3, by: null });
  expect(lines[1]).not.toHaveProperty('Status');
  expect(lines[1]).toMatchObject({ TimeToFirstCard: 3, service: 'countersign' });
});

test('a second dimension stands beside the first', () => {
  const by = { name: 'Approver', value: 'ana' } as const;
  measured({ name: 'Answers', unit: 'Count', value: 1, by, and: { name: 'Word', value: 'reject' } });
  expect(lines[0]).toMatchObject({ Answers: 1, Approver: 'ana', Word: 'reject' });
});
