/** How the tests run: three files at a time on two cores, since the long ones mostly wait, and these begin first. */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Without it a long file that begins last is waited for alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      ['/test/e2e/', '/test/local/', '/test/adapters/'].findIndex((room) => moduleId.includes(room)) >>> 0;
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** A hang ends a test; under SOAK one test may be 100,000 random cases. */
const testTimeout = process.env.SOAK ? 1_800_000 : 60_000;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/leftovers.ts'],
    testTimeout,
    hookTimeout: 180_000,
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
