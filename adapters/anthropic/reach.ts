/** The Anthropic API, or what speaks it: whether a model answers to a key, without asking it anything. */
interface Asked {
  readonly apiKey: string;
  readonly id: string;
  /** Null = Anthropic's own. */
  readonly baseUrl: string | null;
}

/** Milliseconds. */
const limits = { timeout: 10_000, maxRetries: 1 };

/** Throws where there is no answer, or another one than yes, no such key, and no such model. */
export async function modelAnswers({ apiKey, id, baseUrl }: Asked): Promise<'there' | 'refused' | 'unknown'> {
  const { Anthropic, AuthenticationError, NotFoundError, PermissionDeniedError } = await import('@anthropic-ai/sdk');
  const client = new Anthropic({ apiKey, ...limits, ...(baseUrl ? { baseURL: baseUrl } : {}) });
  try {
    await client.models.retrieve(id);
    return 'there';
  } catch (error) {
    if (error instanceof AuthenticationError || error instanceof PermissionDeniedError) return 'refused';
    if (error instanceof NotFoundError) return 'unknown';
    throw error;
  }
}
