import { defineConfig } from 'vitest/config'

/** One project a kind of test; `real` marks those that start containers or virtual machines. */
const project = (name: string, include: string[], testTimeout = 20_000) => ({
  test: { name, include, testTimeout, hookTimeout: 600_000, root: `${import.meta.dirname}/..` },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/tidy.test.ts', 'test/unit/**/*.test.ts', 'test/cases/**/*.test.ts']),
      project('contract', ['test/contract/**/*.test.ts'], 120_000),
      project('parity', ['test/parity/**/*.test.ts'], 300_000),
    ],
  },
})
