/** How the tests run: every file under test/, one worker per core, long end-to-end files with a generous limit. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 180_000, maxWorkers: 2 },
});
