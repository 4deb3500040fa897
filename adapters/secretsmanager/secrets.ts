/** Secrets Manager: a secret's text by name, kept for a minute. */

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { patience } from '../patience.ts';

/** Milliseconds: `slack` has 10 s for everything, and Slack waits for 3. */
const quick = 2_500;

/** Milliseconds: a rotated secret counts after at most as long, and a flood of requests costs one read in that time. */
const keptFor = 60_000;

/** One for the life of the function: a new client is a new connection for every call. */
const client = new SecretsManagerClient({ requestHandler: patience(quick) });

const kept = new Map<string, { readonly text: Promise<string>; readonly until: number }>();

/**
 * The secret's text, without surrounding space, at most a minute old; who asks while it is being read waits for the same
 * answer. Throws when there is none, because an empty secret opens every door; a failure is not kept.
 */
export function readSecret(name: string): Promise<string> {
  const known = kept.get(name);
  if (known && Date.now() < known.until) return known.text;
  const text = fetchSecret(name);
  kept.set(name, { text, until: Date.now() + keptFor });
  text.catch(() => kept.delete(name));
  return text;
}

async function fetchSecret(name: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
  const text = SecretString?.trim() ?? '';
  if (text === '') throw new Error(`secret ${name} is empty; store its value as plain text`);
  return text;
}
