import { defineConfig } from 'vitest/config'

/** One project a kind of test; what needs more than 20 s a test has real environments, and one engine for all of them. */
const project = (name: string, include: string[], testTimeout = 20_000) => ({
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: 600_000,
    root: `${import.meta.dirname}/..`,
    globalSetup: testTimeout > 20_000 ? ['test/real-engine.ts'] : [],
  },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/tidy.test.ts', 'test/unit/**/*.test.ts', 'test/cases/**/*.test.ts']),
      project('package', ['test/package.test.ts']),
      project('browser', ['test/browser/**/*.test.ts']),
      project('contract', ['test/contract/**/*.test.ts'], 120_000),
      project('parity', ['test/parity/**/*.test.ts'], 300_000),
      project('machines', ['test/machines/**/*.test.ts'], 300_000),
    ],
  },
})
