/** SNS: paging a person through the page topic. */

import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { patience } from '../patience.ts';

/** SNS takes subjects of at most 100 ASCII characters, without line breaks. */
const longestSubject = 100;

export function pager(topicArn: string): (subject: string, text: string) => Promise<void> {
  const client = new SNSClient({ requestHandler: patience() });
  return async (subject, text) => {
    const Subject = subject.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, longestSubject);
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject, Message: text }));
  };
}
