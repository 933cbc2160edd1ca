import base from "./playwright.config.js";
const { webServer, ...rest } = base;
export default { ...rest, outputDir: "/tmp/fastresults", use: { ...rest.use, baseURL: "http://127.0.0.1:3066" } };
