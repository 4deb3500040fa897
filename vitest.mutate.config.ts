/** The tests that `npm run mutate` asks whether a change of the kernel is noticed: fast ones, with the same random cases in every run. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts', 'test/adapters/dynamodb/**/*.test.ts'],
    exclude: ['test/core/risk/**'],
    env: { SEED: '1' },
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
