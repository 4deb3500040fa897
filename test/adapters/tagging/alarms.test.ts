/** The search for opted-in alarms: by tag and type, in as many pages as there are. */
import { expect, test } from 'vitest';
import { alarmsTagged } from '../../../adapters/tagging/alarms.ts';
import { optInTag } from '../../../core/alarm/alarm.ts';
import { awsServer } from '../aws-server.ts';

const aws = awsServer();
const found = (...arns: string[]) => ({
  ResourceTagMappingList: arns.map((ResourceARN) => ({ ResourceARN, Tags: [] })),
});

test('asks for alarms with the tag, page by page; an empty token is the end', async () => {
  aws.answers = {
    GetResources: [
      { ...found('a', 'b'), PaginationToken: 'two' },
      { ...found('c'), PaginationToken: '' },
    ],
  };
  expect(await alarmsTagged(optInTag)).toEqual(['a', 'b', 'c']);
  const input = {
    TagFilters: [{ Key: 'countersign', Values: ['on'] }],
    ResourceTypeFilters: ['cloudwatch:alarm'],
    ResourcesPerPage: 100,
  };
  expect(aws.asked.map((one) => one.input)).toEqual([input, { ...input, PaginationToken: 'two' }]);
});

test('throws when it does not answer', async () => {
  aws.answers = { GetResources: [{ status: 400, error: 'AccessDeniedException' }] };
  await expect(alarmsTagged(optInTag)).rejects.toThrow('said the test');
});
