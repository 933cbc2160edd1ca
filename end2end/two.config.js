// Two servers on one PostgreSQL, started by end2end/two.
import usual from "./playwright.config.js";

export default { ...usual, testDir: "two-servers", webServer: undefined, projects: [{ name: "two servers", use: { viewport: { width: 1440, height: 900 } } }] };
