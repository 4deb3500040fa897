/** Secrets Manager: a secret's text by name, read when it is needed. */

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { patience } from '../patience.ts';

/** Milliseconds: `slack` has 10 s for everything, and Slack waits for 3. */
const quick = 2_500;

/** The secret's text, without surrounding space. Throws when there is none, because an empty secret opens every door. */
export async function readSecret(name: string): Promise<string> {
  const client = new SecretsManagerClient({ requestHandler: patience(quick) });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
  const text = SecretString?.trim() ?? '';
  if (text === '') throw new Error(`secret ${name} is empty; store its value as plain text`);
  return text;
}
