import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Two cores: files of one worker each, as the crypto is all CPU. A worker keeps what it has loaded and compiled,
    // which is more than half of the work; tests/afresh.ts leaves each file the globals that the first one found.
    maxWorkers: 2,
    isolate: false,
    setupFiles: ["tests/afresh.ts"],
  },
});
