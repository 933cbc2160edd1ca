// The browser tests: real Chromium against dist/curlew with the demo world, with and without JavaScript.
import { defineConfig } from "@playwright/test";

const port = process.env.CURLEW_E2E_PORT ?? "3100";
export const base = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  timeout: 30_000,
  expect: { timeout: 7_000 },
  workers: 1,
  reporter: [["list"]],
  use: {
    baseURL: base,
    locale: "en-GB",
    timezoneId: "Europe/London",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
  projects: [
    { name: "with JavaScript", testIgnore: "plain.spec.js", use: { viewport: { width: 1440, height: 900 } } },
    { name: "without JavaScript", testMatch: "plain.spec.js", use: { viewport: { width: 1440, height: 900 }, javaScriptEnabled: false } },
  ],
  webServer: {
    command: "./serve",
    url: `${base}/readyz`,
    env: { PORT: port, CURLEW_ADDR: `127.0.0.1:${port}`, CURLEW_BASE_URL: base },
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    stdout: "ignore",
    stderr: "pipe",
  },
});
