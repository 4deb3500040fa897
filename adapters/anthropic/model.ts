/** The Anthropic Messages API, or anything that speaks it: one structured question, validated by its schema. */
import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type { Model } from '../../core/matching/model.ts';

/** Milliseconds and tries beyond the first. The SDK's own defaults (10 minutes, 2 retries) outlast the function that asks. */
const productionLimits = { timeout: 20_000, maxRetries: 1 };

/** Answers are words and short reasons; more is a sign of something else. */
const longestAnswer = 2000;

/** `baseUrl` null = Anthropic's own. Asking throws on everything but an answer that fits the question's schema. */
export function anthropicModel(
  settings: { apiKey: string; id: string; baseUrl: string | null },
  limits = productionLimits,
): Model {
  const client = new Anthropic({
    apiKey: settings.apiKey,
    ...limits,
    ...(settings.baseUrl ? { baseURL: settings.baseUrl } : {}),
  });
  return {
    name: settings.id,
    async ask({ system, text, schema }) {
      const answer = await client.messages.parse({
        model: settings.id,
        max_tokens: longestAnswer,
        system,
        messages: [{ role: 'user', content: text }],
        output_config: { format: zodOutputFormat(schema) },
      });
      return schema.parse(answer.parsed_output);
    },
  };
}
