/** The Anthropic Messages API, or anything that speaks it: one structured question, validated by its schema. */
import { createRequire } from 'node:module';
import type { Anthropic } from '@anthropic-ai/sdk';
import type { Model } from '../../core/matching/model.ts';

/** The SDK is loaded when a question is asked; most plans ask none. In a bundle it lies in files of its own: cdk/bundle.ts. */
const load = createRequire(import.meta.url);

/** Milliseconds and tries beyond the first. The SDK's own defaults (10 minutes, 2 retries) outlast the function that asks. */
const productionLimits = { timeout: 20_000, maxRetries: 1 };

/** Answers are words and short reasons; more is a sign of something else. */
const longestAnswer = 2000;

interface Settings {
  readonly apiKey: string;
  readonly id: string;
  readonly baseUrl: string | null;
}

/** `baseUrl` null = Anthropic's own. Asking throws on everything but an answer that fits the question's schema. */
export function anthropicModel(settings: Settings, limits = productionLimits): Model {
  let opened: Anthropic | undefined;
  return {
    name: settings.id,
    async ask({ system, text, schema }) {
      opened ??= open(settings, limits);
      const { zodOutputFormat } = load(
        '@anthropic-ai/sdk/helpers/zod',
      ) as typeof import('@anthropic-ai/sdk/helpers/zod');
      const answer = await opened.messages.parse({
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

function open({ apiKey, baseUrl }: Settings, limits: typeof productionLimits): Anthropic {
  const { Anthropic } = load('@anthropic-ai/sdk') as typeof import('@anthropic-ai/sdk');
  return new Anthropic({ apiKey, ...limits, ...(baseUrl ? { baseURL: baseUrl } : {}) });
}
