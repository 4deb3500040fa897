/** The people on call: a subscriber of the page topic who reads what was paged. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfirmSubscriptionCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { eventually } from './eventually.ts';

const Delivered = z.looseObject({
  Type: z.enum(['SubscriptionConfirmation', 'Notification']),
  Token: z.string().optional(),
  Subject: z.string().nullish(),
  Message: z.string().default(''),
});

export interface Pages {
  /** Subject and text of the first page that names this incident and says this, as soon as it is there. */
  about(incidentId: string, saying?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Subscribes and confirms, as a person does who clicks the link in the first mail. */
export async function subscribePages(
  settings: ConstructorParameters<typeof SNSClient>[0],
  TopicArn: string,
): Promise<Pages> {
  const delivered: z.infer<typeof Delivered>[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const parsed = Delivered.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
    if (parsed.success) delivered.push(parsed.data);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sns = new SNSClient(settings ?? {});
  const Endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }));
  const Token = await eventually('the confirmation of the subscription', async () => delivered[0]?.Token);
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  return {
    about: (incidentId, saying = '') =>
      eventually(`a page about ${incidentId} that says ${JSON.stringify(saying)}`, async () =>
        delivered
          .filter(({ Type }) => Type === 'Notification')
          .map(({ Subject, Message }) => `${Subject ?? ''}\n${Message}`)
          .find((text) => text.includes(incidentId) && text.includes(saying)),
      ),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
