/** Secrets Manager: a secret's text by name, read when it is needed. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The secret's text, without surrounding space. Throws when there is none, because an empty secret opens every door. */
export async function readSecret(name: string): Promise<string> {
  const { SecretString } = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: name }));
  const text = SecretString?.trim() ?? '';
  if (text === '') throw new Error(`secret ${name} is empty; store its value as plain text`);
  return text;
}
