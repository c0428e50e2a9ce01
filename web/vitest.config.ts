import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 30_000,
    // Two cores: files of one worker each, as the crypto is all CPU.
    maxWorkers: 2,
  },
});
